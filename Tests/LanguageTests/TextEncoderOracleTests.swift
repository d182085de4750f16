import Foundation
import Language
import TestSupport
import Testing
import Torch

@Suite struct TextEncoderOracleTests {
    private let oracle: TextEncoderOracle

    init() throws {
        oracle = try TextEncoderOracle.load()
    }

    /// With padding, in lengths beyond every border, and with each option in more than one setting.
    @Test(arguments: try TextEncoderOracle.load().cases.keys.sorted())
    func valuesAndGradientsAreThoseOfTransformers(name: String) throws {
        let oracle = try #require(oracle.cases[name])
        let encoder = try oracle.makeEncoder()
        let hidden = try oracle.hidden(encoder)
        #expect(hidden.shape == oracle.shape + [encoder.width])
        #expect(largestDifference(hidden, oracle.indices, oracle.values) < 1e-4)

        oracle.propagate(hidden)
        let parameters = Dictionary(uniqueKeysWithValues: encoder.parameters().map { ($0.path, $0.tensor) })
        let learning = parameters.filter { $0.value.gradient != nil }
        #expect(Set(oracle.gradients.keys.map(oracle.path)) == Set(learning.keys))
        for (name, expected) in oracle.gradients {
            let gradient = try #require(oracle.path(of: name).flatMap { parameters[$0]?.gradient }, "\(name)")
            #expect(largestDifference(gradient, expected.indices, expected.values) < 1e-4, "\(name)")
            let norm = gradient.squared().sum().squareRoot().item()
            #expect(abs(norm - Double(expected.norm)) < 1e-4 * max(1, norm), "\(name)")
        }
    }

    private func largestDifference(_ tensor: Tensor, _ indices: [Int], _ values: [Float]) -> Float {
        let found = tensor.floats()
        return zip(indices, values).map { abs(found[$0] - $1) }.max() ?? .infinity
    }

    /// Without a gradient, attention takes other ways.
    @Test(arguments: try TextEncoderOracle.load().cases.keys.sorted())
    func inUseHiddenStatesAreTheSame(name: String) throws {
        let oracle = try #require(oracle.cases[name])
        let encoder = try oracle.makeEncoder()
        encoder.freeze()
        let hidden = try withoutGradients { try oracle.hidden(encoder) }
        #expect(largestDifference(hidden, oracle.indices, oracle.values) < 1e-4)
    }

    @Test(arguments: try TextEncoderOracle.load().cases.keys.sorted())
    func halfPrecisionIsNear(name: String) throws {
        let oracle = try #require(oracle.cases[name])
        let encoder = try oracle.makeEncoder()
        let hidden = try withAutocast(.bfloat16) { try oracle.hidden(encoder).to(.float32) }
        #expect(largestDifference(hidden, oracle.indices, oracle.values) < 0.1)
        oracle.propagate(hidden)
        for (path, parameter) in encoder.parameters() {
            guard let gradient = parameter.gradient else { continue }
            #expect(gradient.isFinite().to(.float32).min().item() == 1, "\(path)")
        }
    }

    @Test(arguments: try TextEncoderOracle.load().cases.keys.sorted())
    func aConfigurationThatIsWrittenIsReadAgain(name: String) throws {
        let config = try #require(oracle.cases[name]).config
        let json = try JSONEncoder().encode(config)
        #expect(try JSONDecoder().decode(TextEncoderConfiguration.self, from: json) == config)
    }

    /// What neighbours in a batch are, and how long they are, changes nothing.
    @Test(arguments: try TextEncoderOracle.load().cases.keys.sorted())
    func paddingChangesNothing(name: String) throws {
        let oracle = try #require(oracle.cases[name])
        let encoder = try oracle.makeEncoder()
        let length = oracle.mask.suffix(oracle.shape[1]).reduce(0, +)
        func last(_ ids: [Int]) -> Tensor {
            Tensor(Array(ids.suffix(oracle.shape[1]).prefix(length)), shape: [1, length])
        }
        let alone = encoder(
            tokenIDs: last(oracle.tokenIDs), segmentIDs: last(oracle.segmentIDs), attentionMask: nil)
        let together = try oracle.hidden(encoder).select(0, oracle.shape[0] - 1).narrow(0, start: 0, length: length)
        #expect((alone.select(0, 0) - together).abs().max().item() < 1e-5)
        #expect(try oracle.hidden(encoder).floats().allSatisfy(\.isFinite))
    }

    @Test func distancesFallIntoTheRangesOfTransformers() throws {
        let apart = Tensor(Array(-600...600), shape: [1201])
        #expect(MPNetModel.buckets(of: apart).ints() == oracle.distances["mpnet"])
        guard case .debertaV2(var structure) = try #require(oracle.cases["deberta"]).config else {
            Issue.record("the case has another architecture")
            return
        }
        for (buckets, maximum) in [(256, 512), (8, 40), (32, 128), (7, 30)] {
            (structure.bucketCount, structure.maximumDistance) = (buckets, maximum)
            #expect(structure.rows(of: apart).ints() == oracle.distances["\(buckets)-\(maximum)"])
        }
    }
}
