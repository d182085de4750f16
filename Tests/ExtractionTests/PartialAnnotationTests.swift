import Corpus
import Extraction
import Foundation
import Support
import Testing
import Torch

/// The loss of sentences in which not every type is annotated, against counting every path.
@Suite("Partial annotation")
struct PartialAnnotationTests {
    /// A sentence, and what is annotated in it.
    private struct Case {
        let chain: RandomChain
        let gold: [Entity]
        let hidden: Set<String>

        var tags: [Int] {
            get throws { try chain.labels.tagIndices(for: gold, count: chain.words) }
        }

        var allowed: AllowedTags? {
            get throws { AllowedTags(try tags, hiding: hidden, labels: chain.labels) }
        }

        /// Whether a path spells the annotated entities, legally, and beside them none but those of hidden types.
        func allows(_ path: [Int]) -> Bool {
            let tags = path.map { chain.labels.tags[$0] }
            return tags.illegalPositions().isEmpty && tags.entities().filter { !hidden.contains($0.type) } == gold
        }
    }

    /// What counting gives: log Z - log Z' and its gradient.
    private struct Counted {
        var loss = 0.0
        var emissions: [Double]
        var start: [Double]
        var end: [Double]
        var transitions: [Double]

        init(_ item: Case) {
            let (chain, tags) = (item.chain, item.chain.start.count)
            (start, end) = (Array(repeating: 0, count: tags), Array(repeating: 0, count: tags))
            emissions = Array(repeating: 0, count: chain.words * tags)
            transitions = Array(repeating: 0, count: tags * tags)
            var paths: [[Int]] = [[]]
            for _ in 0..<chain.words { paths = paths.flatMap { path in (0..<tags).map { path + [$0] } } }
            for (sign, counted) in [(1.0, paths), (-1.0, paths.filter(item.allows))] {
                let scores = counted.map(chain.score)
                let top = scores.max() ?? 0
                let total = scores.reduce(0) { $0 + exp($1 - top) }
                loss += sign * (top + log(total))
                for (path, score) in zip(counted, scores) {
                    let share = sign * exp(score - top) / total
                    for (word, tag) in path.enumerated() {
                        emissions[word * tags + tag] += share
                        if word > 0 { transitions[path[word - 1] * tags + tag] += share }
                    }
                    start[path[0]] += share
                    end[path[chain.words - 1]] += share
                }
            }
        }
    }

    private func expectCounted(_ item: Case, _ comment: Comment) throws {
        let counted = Counted(item)
        let crf = try item.chain.crf()
        let emissions = item.chain.emissions.requiringGradient()
        let loss = crf.negativeLogLikelihood(emissions, tags: [try item.tags], allowed: [try item.allowed])
        loss.backward()
        #expect(abs(loss.item() - counted.loss) < 1e-5 * max(1, abs(counted.loss)), comment)
        let gradients = [
            (emissions.gradient, counted.emissions), (crf.start.gradient, counted.start),
            (crf.end.gradient, counted.end), (crf.transitions.gradient, counted.transitions),
        ]
        for (found, expected) in gradients {
            let values = found?.doubles() ?? []
            #expect(values.count == expected.count, comment)
            #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, comment)
        }
    }

    @Test("Loss and gradient are those of counting every path, for up to six words and any gold entities")
    func enumeration() throws {
        let labels = LabelSet(entityTypes: ["LOC", "PER"])
        var generator = SplitMix64(state: 21)
        for words in 1...6 {
            let spans = (0..<words).flatMap { start in (start..<words).map { start..<($0 + 1) } }
            let golds = [[]] + spans.map { [Entity(start: $0.lowerBound, end: $0.upperBound, type: "PER")] }
            for (round, gold) in golds.enumerated() where words < 6 || round % 5 == 0 {
                let chain = RandomChain(words: words, labels: labels, spread: 2, using: &generator)
                let item = Case(chain: chain, gold: gold, hidden: ["LOC"])
                try expectCounted(item, "\(words) words, \(gold)")
            }
        }
    }

    @Test("The same with several hidden types, adjacent entities and scores of any size")
    func severalTypes() throws {
        let labels = LabelSet(entityTypes: ["LOC", "MISC", "PER"])
        var generator = SplitMix64(state: 22)
        let adjacent = [Entity(start: 1, end: 3, type: "PER"), Entity(start: 3, end: 4, type: "PER")]
        let others = [Entity(start: 0, end: 1, type: "LOC"), Entity(start: 4, end: 5, type: "MISC")]
        let cases: [(gold: [Entity], hidden: Set<String>)] = [
            ([], ["LOC", "MISC"]), (adjacent, ["LOC", "MISC"]), (adjacent, ["MISC"]), ([], ["LOC", "MISC", "PER"]),
            (others, ["PER"]),
        ]
        for (gold, hidden) in cases {
            for spread in [0.5, 4, 30] {
                let chain = RandomChain(words: 5, labels: labels, spread: spread, using: &generator)
                try expectCounted(Case(chain: chain, gold: gold, hidden: hidden), "\(gold) \(hidden) \(spread)")
            }
        }
    }

    @Test("Sentences of several data sets share a batch: each counts as it does alone, whatever pads it")
    func batch() throws {
        let labels = LabelSet(entityTypes: ["LOC", "PER"])
        var generator = SplitMix64(state: 23)
        let chain = RandomChain(words: 12, labels: labels, spread: 2, using: &generator)
        let crf = try chain.crf()
        let emissions = chain.emissions.reshaped([3, 4, 5])
        let tags = [[0, 3, 4, 0], [], [1, 0]]
        let allowed = [nil, nil, AllowedTags(tags[2], hiding: ["PER"], labels: labels)]
        let together = crf.negativeLogLikelihood(emissions, tags: tags, allowed: allowed).item()
        let alone = tags.indices.reduce(0.0) { sum, sentence in
            let rows = emissions.narrow(0, start: sentence, length: 1)
            return sum
                + crf.negativeLogLikelihood(rows, tags: [tags[sentence]], allowed: [allowed[sentence]]).item()
        }
        #expect(abs(together - alone / 3) < 1e-6)
    }

    @Test("Where every type is annotated, the loss and its gradient are those of the tags, to the bit")
    func complete() throws {
        let labels = LabelSet(entityTypes: ["LOC", "PER"])
        var generator = SplitMix64(state: 24)
        let tags = [0, 3, 4, 0, 1]
        #expect(AllowedTags(tags, hiding: [], labels: labels) == nil)
        #expect(AllowedTags(tags, hiding: ["MISC"], labels: labels) == nil, "the labels do not have it")
        let chain = RandomChain(words: 5, labels: labels, spread: 3, using: &generator)
        let losses = try [[], [nil]].map { (allowed: [AllowedTags?]) -> [Float] in
            let crf = try chain.crf()
            let emissions = chain.emissions.requiringGradient()
            let loss = crf.negativeLogLikelihood(emissions, tags: [tags], allowed: allowed)
            loss.backward()
            let parameters = [emissions, crf.start, crf.end, crf.transitions]
            return loss.floats() + parameters.flatMap { $0.gradient?.floats() ?? [] }
        }
        #expect(losses[0] == losses[1] && losses[0].count == 1 + 25 + 5 + 5 + 25)
    }

    @Test("A post says which types its words may hide")
    func targets() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let labels = extractor.configuration.labels
        var post = Post(
            id: "1", content: .tokens(["Anna", "in", "Oslo"]), entities: [Entity(start: 0, end: 1, type: "PER")])
        let cases: [(annotated: Set<String>?, hidden: Set<String>)] = [
            (nil, []), (["PER"], ["LOC", "MISC", "ORG"]), (["PER", "LOC", "MISC", "ORG", "X"], []),
        ]
        for (annotated, hidden) in cases {
            post.annotatedTypes = annotated
            let target = try #require(try extractor.prepareForTraining([post]).posts[0].encoded.target)
            #expect(target.tags == [7, 0, 0])
            #expect(target.allowedTags == AllowedTags([7, 0, 0], hiding: hidden, labels: labels))
            #expect((target.allowedTags == nil) == hidden.isEmpty)
        }
    }
}
