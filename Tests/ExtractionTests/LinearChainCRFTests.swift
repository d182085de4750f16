import Corpus
import Extraction
import Foundation
import Support
import Testing
import Torch

/// The conditional random field against pytorch-crf (`Fixtures/make_crf.py`) and against counting every path.
@Suite struct LinearChainCRFTests {
    @Test func likelihoodAndGradientsAreThoseOfPyTorchCRF() throws {
        for fixture in try CRFCase.all() {
            let crf = try fixture.crf()
            let emissions = fixture.padded.requiringGradient()
            let loss = crf.negativeLogLikelihood(emissions, tags: fixture.gold)
            #expect(abs(loss.item() - fixture.loss) < 1e-5 * abs(fixture.loss), "\(fixture.name)")
            loss.backward()
            let expected = fixture.gradients
            expectClose(emissions.gradient, expected.emissions.flatMap { $0.flatMap { $0 } }, fixture.name)
            expectClose(crf.start.gradient, expected.start, fixture.name)
            expectClose(crf.end.gradient, expected.end, fixture.name)
            expectClose(crf.transitions.gradient, expected.transitions.flatMap { $0 }, fixture.name)
        }
    }

    @Test func entitiesAreThoseOfTheBestLegalPath() throws {
        for fixture in try CRFCase.all() {
            let found = try fixture.crf().decode(fixture.padded, lengths: fixture.lengths, labels: fixture.labelSet)
            for (sentence, path) in fixture.legalPaths.enumerated() {
                let expected = fixture.labelSet.entities(fromTagIndices: path)
                #expect(found[sentence].map(\.entity) == expected, "\(fixture.name)")
            }
        }
    }

    @Test func scoresArePosteriorsOverLegalPaths() throws {
        for fixture in try CRFCase.all() {
            let found = try fixture.crf().decode(fixture.padded, lengths: fixture.lengths, labels: fixture.labelSet)
            for span in fixture.spans {
                let entity = Entity(start: span.start, end: span.end, type: span.type)
                guard let scored = found[span.sentence].first(where: { $0.entity == entity }) else { continue }
                #expect(abs(scored.score - span.legalProbability) < 1e-9, "\(fixture.name): \(entity)")
            }
        }
    }

    @Test func decodingEqualsCountingEveryLegalPath() throws {
        var generator = SplitMix64(state: 1)
        let labels = LabelSet(entityTypes: ["PER", "LOC"])
        for round in 0..<60 {
            let words = 1 + round % 5
            let chain = RandomChain(words: words, labels: labels, spread: [1, 4, 60][round % 3], using: &generator)
            let found = try #require(chain.crf().decode(chain.emissions, lengths: [words], labels: labels).first)
            let (best, posteriors) = chain.countPaths()
            #expect(found.map(\.entity) == labels.entities(fromTagIndices: best))
            for scored in found {
                #expect(abs(scored.score - posteriors[scored.entity, default: 0]) < 1e-9)
                #expect((0..<1 + 1e-15).contains(scored.score) && scored.score > 0)
            }
        }
    }

    @Test func paddingAndNeighboursChangeNothing() throws {
        let fixture = try #require(try CRFCase.all().first)
        let crf = try fixture.crf()
        let together = crf.decode(fixture.padded, lengths: fixture.lengths, labels: fixture.labelSet)
        var losses = 0.0
        for (sentence, length) in fixture.lengths.enumerated() {
            let alone = fixture.padded.narrow(0, start: sentence, length: 1).narrow(1, start: 0, length: length)
            #expect(crf.decode(alone, lengths: [length], labels: fixture.labelSet) == [together[sentence]])
            losses += crf.negativeLogLikelihood(alone, tags: [fixture.gold[sentence]]).item()
        }
        let mean = losses / Double(fixture.lengths.count)
        #expect(abs(mean - crf.negativeLogLikelihood(fixture.padded, tags: fixture.gold).item()) < 1e-5)
    }

    @Test func emptySentencesCountNothing() {
        let labels = LabelSet(entityTypes: ["PER"])
        let crf = LinearChainCRF(tagCount: 3)
        let emissions = Tensor.zeros([2, 1, 3]).requiringGradient()
        let loss = crf.negativeLogLikelihood(emissions, tags: [[], []])
        loss.backward()
        #expect(loss.item() == 0)
        #expect(emissions.gradient?.floats().allSatisfy { $0 == 0 } == true)
        #expect(crf.decode(emissions, lengths: [0, 0], labels: labels) == [[], []])
    }

    @Test(arguments: [[Float]](arrayLiteral: [-9, -9, 50], [-9, -9, 5000], [-1e30, -1e30, 1e30]))
    func whatLooksIllegalIsDecodedLegally(row: [Float]) throws {
        let labels = LabelSet(entityTypes: ["PER"])
        let crf = LinearChainCRF(tagCount: 3)
        let emissions = Tensor(row + row + row, shape: [1, 3, 3])
        let found = try #require(crf.decode(emissions, lengths: [3], labels: labels).first)
        #expect(found.map(\.entity) == [Entity(start: 0, end: 3, type: "PER")])
        #expect(found.allSatisfy { $0.score > 0.999 && $0.score <= 1 })
    }

    /// The only way to a tag leads through a transition, or a tag, that scores less than any exponential can hold.
    @Test func scoresBeyondTheRangeOfExponentialsAreNotLost() throws {
        let crf = LinearChainCRF(tagCount: 3)
        try crf.load([
            "start": Tensor([Float](repeating: 0, count: 3), shape: [3]),
            "end": Tensor([1, 0, 3000] as [Float], shape: [3]),
            "transitions": Tensor([0, 0, -1000, 0, 0, -1000, 0, 0, -1000] as [Float], shape: [3, 3]),
        ])
        let emissions = Tensor([0, -2500, 0, 0, 0, 0] as [Float], shape: [1, 2, 3]).requiringGradient()
        let loss = crf.negativeLogLikelihood(emissions, tags: [[0, 2]])
        loss.backward()
        #expect(abs(loss.item() - log(2)) < 1e-6)
        let forth = try #require(emissions.gradient?.floats())
        let expected: [Float] = [-0.5, 0, 0.5, 0, 0, 0]
        #expect(zip(forth, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        let found = crf.decode(emissions, lengths: [2], labels: LabelSet(entityTypes: ["PER"]))
        #expect(found == [[]])
    }

    @Test(arguments: [1e4, 1e20, 1e38] as [Float])
    func hugeScoresGiveNumbers(size: Float) throws {
        var generator = SplitMix64(state: 3)
        let values = (0..<60).map { _ in Float.random(in: -size...size, using: &generator) }
        let crf = LinearChainCRF(tagCount: 5)
        let emissions = Tensor(values, shape: [2, 6, 5]).requiringGradient()
        crf.negativeLogLikelihood(emissions * 1, tags: [[0, 1, 2, 0, 3, 4], [1, 2]]).backward()
        let gradients = [emissions, crf.start, crf.end, crf.transitions].compactMap(\.gradient)
        #expect(gradients.count == 4)
        #expect(gradients.allSatisfy { $0.floats().allSatisfy { abs($0) <= 6 } })
        let found = crf.decode(emissions, lengths: [6, 2], labels: LabelSet(entityTypes: ["PER", "LOC"]))
        #expect(found.joined().allSatisfy { $0.score > 0 && $0.score <= 1 })
    }
}

/// Checks values against expected ones, relative to the largest of these.
private func expectClose(_ found: Tensor?, _ expected: [Double], _ name: String) {
    let values = found?.doubles() ?? []
    #expect(values.count == expected.count, "\(name)")
    let scale = expected.map(abs).max() ?? 0
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-6 * max(scale, 1e-3) }, "\(name)")
}
