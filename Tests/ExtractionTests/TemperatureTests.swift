import Corpus
import Extraction
import Foundation
import Support
import TestSupport
import Testing
import Torch

@Suite("The temperature of scores")
struct TemperatureTests {
    private let labels = LabelSet(entityTypes: ["PER"])

    /// A chain over O, B and I whose paths of two words have whole weights: OO 2, OB 6, BO 2, BB 1, BI 4.
    private func chain(scale: Float) throws -> LinearChainCRF {
        let crf = LinearChainCRF(tagCount: 3)
        func logs(_ weights: [Float], _ shape: [Int]) -> Tensor {
            Tensor(weights.map { scale * log($0) }, shape: shape)
        }
        try crf.load([
            "start": logs([2, 1, 1], [3]), "end": logs([1, 1, 1], [3]),
            "transitions": logs([1, 3, 1, 2, 1, 4, 1, 1, 1], [3, 3]),
        ])
        return crf
    }

    /// Each path as often as its weight says, so that at the true scale the likelihood cannot be better.
    private var sentences: [TaggedSentence] {
        let paths: [([Int], Int)] = [([0, 0], 2), ([0, 1], 6), ([1, 0], 2), ([1, 1], 1), ([1, 2], 4)]
        return paths.flatMap { tags, count in
            (0..<count).map { _ in TaggedSentence(emissions: [Float](repeating: 0, count: 6), tags: tags) }
        }
    }

    @Test("Potentials that are too large by a factor have that temperature", arguments: [0.5, 1, 2, 7] as [Float])
    func fit(scale: Float) throws {
        let temperature = try #require(try chain(scale: scale).fittedTemperature(to: sentences, labels: labels))
        #expect(abs(temperature - Double(scale)) < 1e-4 * Double(scale))
    }

    @Test("Emissions are divided as well: three of four words are O, by twice log 3")
    func emissions() throws {
        let crf = LinearChainCRF(tagCount: 3)
        let zeros = Tensor.zeros([3])
        try crf.load(["start": zeros, "end": zeros, "transitions": Tensor.zeros([3, 3])])
        let words = [0, 0, 0, 1].map { TaggedSentence(emissions: [2 * log(3), 0, 50], tags: [$0]) }
        let temperature = try #require(crf.fittedTemperature(to: words, labels: labels))
        #expect(abs(temperature - 2) < 1e-4, "I, which no sentence begins with, does not count")
    }

    @Test(
        "A word outside may belong to a type that is not annotated: three of four words are O or of it, by twice log 3/2 each"
    )
    func hiddenType() throws {
        let labels = LabelSet(entityTypes: ["MISC", "PER"])
        let crf = LinearChainCRF(tagCount: 5)
        let zeros = Tensor.zeros([5])
        try crf.load(["start": zeros, "end": zeros, "transitions": Tensor.zeros([5, 5])])
        let (misc, person) = (
            try #require(labels.index(of: .begin("MISC"))), try #require(labels.index(of: .begin("PER")))
        )
        var emissions = [Float](repeating: 50, count: 5)
        (emissions[0], emissions[misc], emissions[person]) = (2 * log(1.5), 2 * log(1.5), 0)
        let words = [0, 0, 0, person].map { tag in
            TaggedSentence(
                emissions: emissions, tags: [tag], allowed: AllowedTags([tag], hiding: ["MISC"], labels: labels))
        }
        let temperature = try #require(crf.fittedTemperature(to: words, labels: labels))
        #expect(abs(temperature - 2) < 1e-4)
    }

    @Test("Where nothing is wrong the least temperature is taken; without words there is none")
    func ends() throws {
        let sure = [TaggedSentence(emissions: [1, 0, 0], tags: [0])]
        let crf = try chain(scale: 1)
        let least = try #require(crf.fittedTemperature(to: sure, labels: labels))
        #expect(least >= 0.25 && least < 0.2501)
        #expect(crf.fittedTemperature(to: [], labels: labels) == nil)
        #expect(crf.fittedTemperature(to: [TaggedSentence(emissions: [], tags: [])], labels: labels) == nil)
    }

    @Test("The best path stays, and scores are those of divided potentials", arguments: [0.5, 1, 2.5])
    func decoding(temperature: Double) throws {
        var generator = SplitMix64(state: 5)
        let labels = LabelSet(entityTypes: ["PER", "LOC"])
        var scored = 0
        for round in 0..<40 {
            let words = 1 + round % 5
            let chain = RandomChain(words: words, labels: labels, spread: 3, using: &generator)
            let crf = try chain.crf()
            let before = try #require(crf.decode(chain.emissions, lengths: [words], labels: labels).first)
            let found = try #require(
                crf.decode(chain.emissions, lengths: [words], labels: labels, temperature: temperature).first)
            #expect(found.map(\.entity) == before.map(\.entity))
            if temperature == 1 { #expect(found == before, "to the bit") }
            let (_, posteriors) = chain.divided(by: temperature).countPaths()
            for entity in found {
                #expect(abs(entity.score - posteriors[entity.entity, default: 0]) < 1e-9)
                scored += 1
            }
        }
        #expect(scored > 20)
    }

    @Test("A model folder keeps its temperature: the same entities with other scores")
    func folder() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let folder = try TemporaryFolder()
        try extractor.saveFolder(
            folder.url, textFolder: ModelCache.miniLM, taggerFolder: ModelCache.tagger, card: "# A model\n")
        try extractor.saveWeights(to: folder.url)
        let before = try extractor.extract(SampleModel.posts)
        #expect(extractor.configuration.scoreTemperature == nil)
        try Extractor.setScoreTemperature(3, ofModelFolder: folder.url)
        let calibrated = try Extractor(modelFolder: folder.url)
        #expect(calibrated.configuration.scoreTemperature == 3)
        let after = try calibrated.extract(SampleModel.posts)
        #expect(after.map(\.annotation) == before.map(\.annotation))
        let scores = zip(before, after).flatMap { zip($0.entities, $1.entities).map { ($0.score, $1.score) } }
        #expect(!scores.isEmpty && scores.allSatisfy { $0 != $1 && 0 < $1 && $1 <= 1 })

        let file = folder.url.appending(path: "config.json")
        let wrong = try String(contentsOf: file, encoding: .utf8)
            .replacing(/"scoreTemperature" : 3/, with: "\"scoreTemperature\" : 0")
        try Data(wrong.utf8).write(to: file)
        #expect {
            _ = try Extractor(modelFolder: folder.url)
        } throws: { "\($0)".contains("scoreTemperature") && "\($0)".contains("0.25") }
    }

    @Test("Gold that is what the model finds needs no doubt; posts with types that it does not know do not count")
    func posts() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        var posts = SampleModel.posts
        for (index, found) in try extractor.extract(posts).enumerated() {
            posts[index].entities = found.annotation.entities
        }
        let known = try #require(try extractor.fittedTemperature(to: posts, batchSize: 4))
        #expect(known < 0.2501)
        let strange = posts.map { post in
            Post(id: post.id, content: post.content, entities: [Entity(start: 0, end: 1, type: "GEO")])
        }
        #expect(try extractor.fittedTemperature(to: strange, batchSize: 4) == nil)
        let both = try extractor.fittedTemperature(to: posts + strange, batchSize: 4)
        #expect(both.map { abs($0 - known) < 1e-6 } == true)
        #expect(
            try SampleModel.extractor(task: .joint, pictures: false).fittedTemperature(to: posts, batchSize: 4) == nil)
    }
}
