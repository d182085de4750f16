import Foundation
import Language
import TestSupport
import Testing
import Torch

@Suite struct AdapterOracleTests {
    private static let names = ["bert", "modernbert", "mpnet", "roberta-head"]

    private func oracle(_ name: String) throws -> TextEncoderOracle.Case {
        try #require(AdapterOracle.load().cases[name])
    }

    private func largestDifference(_ tensor: Tensor, _ indices: [Int], _ values: [Float]) -> Float {
        let found = tensor.floats()
        return zip(indices, values).map { abs(found[$0] - $1) }.max() ?? .infinity
    }

    @Test(arguments: names)
    func valuesAndGradientsAreThoseOfPEFT(name: String) throws {
        let oracle = try oracle(name)
        let encoder = try oracle.makeEncoder()
        try encoder.adapters.add(from: AdapterOracle.folder(name))
        let hidden = try oracle.hidden(encoder)
        #expect(largestDifference(hidden, oracle.indices, oracle.values) < 1e-4)

        oracle.propagate(hidden)
        let matrices = encoder.adapterMatrices
        #expect(Set(matrices.keys) == Set(oracle.gradients.keys))
        for (name, expected) in oracle.gradients {
            let gradient = try #require(matrices[name]?.gradient, "\(name)")
            let largest = expected.values.map(abs).max() ?? 0
            let difference = largestDifference(gradient, expected.indices, expected.values)
            #expect(difference < 1e-5 * max(10, largest), "\(name)")
            let norm = gradient.squared().sum().squareRoot().item()
            #expect(abs(norm - Double(expected.norm)) < 1e-4 * max(1, norm), "\(name)")
        }
        for (path, parameter) in encoder.parameters() where !path.contains(".adapter.") {
            #expect(!parameter.requiresGradient && parameter.gradient == nil, "\(path)")
        }
    }

    /// The adapters are not without effect, so that the values above say something of them.
    @Test(arguments: names)
    func withoutAdaptersTheHiddenStatesAreOthers(name: String) throws {
        let oracle = try oracle(name)
        let hidden = try oracle.hidden(oracle.makeEncoder())
        #expect(largestDifference(hidden, oracle.indices, oracle.values) > 0.1)
    }

    /// PEFT computes the same with `written.json`, as the script has checked.
    @Test(arguments: names)
    func whatIsWrittenIsWhatPEFTReads(name: String) throws {
        let encoder = try oracle(name).makeEncoder()
        try encoder.adapters.add(from: AdapterOracle.folder(name))
        let folder = try TemporaryFolder()
        try encoder.adapters.save(to: folder.url, base: "base")
        func object(_ file: URL) throws -> NSDictionary {
            try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? NSDictionary)
        }
        let expected = AdapterOracle.folder(name)
        #expect(try object(folder["adapter_config.json"]) == object(expected.appending(path: "written.json")))
        let weights = try [folder.url, expected].map {
            try loadWeights(at: $0.appending(path: "adapter_model.safetensors"))
        }
        let prefix = "base_model.model."
        let plain = weights[1].map { key, tensor in (key.replacing("\(prefix)roberta.", with: prefix), tensor) }
        let values = Dictionary(uniqueKeysWithValues: plain).mapValues { $0.floats() }
        #expect(weights[0].mapValues { $0.floats() } == values)
        if !name.hasSuffix("-head") {
            let files = try [folder.url, expected].map {
                try Data(contentsOf: $0.appending(path: "adapter_model.safetensors"))
            }
            #expect(files[0] == files[1], "to the byte")
        }
    }

    @Test(arguments: names)
    func whatIsWrittenReadsBackToTheBit(name: String) throws {
        let oracle = try oracle(name)
        let encoder = try oracle.makeEncoder()
        try encoder.adapters.add(from: AdapterOracle.folder(name))
        let folder = try TemporaryFolder()
        try encoder.adapters.save(to: folder.url, base: "base")
        let again = try oracle.makeEncoder()
        try again.adapters.add(from: folder.url)
        #expect(try oracle.hidden(again).floats() == oracle.hidden(encoder).floats())
    }

    @Test(arguments: names)
    func mergedWeightsComputeTheSame(name: String) throws {
        let oracle = try oracle(name)
        let encoder = try oracle.makeEncoder()
        let paths = encoder.state().map(\.path)
        try encoder.adapters.add(from: AdapterOracle.folder(name))
        let before = try oracle.hidden(encoder)
        try encoder.adapters.merge()
        #expect((try oracle.hidden(encoder) - before).abs().max().item() < 1e-4)
        #expect(encoder.state().map(\.path) == paths)
        #expect(encoder.parameters().allSatisfy { $0.tensor.requiresGradient })
        #expect(encoder.adapters.adaptedNames.isEmpty)
    }

    @Test func halfPrecisionIsNear() throws {
        let oracle = try oracle("bert")
        let encoder = try oracle.makeEncoder()
        try encoder.adapters.add(from: AdapterOracle.folder("bert"))
        let hidden = try withAutocast(.bfloat16) { try oracle.hidden(encoder).to(.float32) }
        #expect(largestDifference(hidden, oracle.indices, oracle.values) < 0.1)
        oracle.propagate(hidden)
        for (name, matrix) in encoder.adapterMatrices {
            let norm = try #require(matrix.gradient, "\(name)").squared().sum().squareRoot().item()
            let expected = Double(try #require(oracle.gradients[name]).norm)
            #expect(abs(norm - expected) < 0.05 * max(1, expected), "\(name)")
        }
    }
}
