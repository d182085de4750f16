import Foundation
import Language
import TestSupport
import Testing
import Torch

/// What folders of adapters may say, and what is refused.
@Suite struct AdapterFolderTests {
    private func encoder(_ name: String = "bert") throws -> any TextEncoder {
        try #require(AdapterOracle.load().cases[name]).makeEncoder()
    }

    private static let refused = [
        ("peft_type", #""LOHA""#, "only \"LORA\" is supported"),
        ("use_dora", "true", "field use_dora: is set"),
        ("modules_to_save", #"["classifier"]"#, "field modules_to_save: is set"),
        ("trainable_token_indices", "[3]", "field trainable_token_indices: is set"),
        ("lora_bias", "true", "field lora_bias: is set"),
        ("layers_pattern", #"["layer"]"#, "field layers_pattern: is set"),
        ("megatron_config", #"{"a": 1}"#, "field megatron_config: is set"),
        ("loftq_config", #"{"loftq_bits": 4}"#, "field loftq_config: is set"),
        ("a_setting_of_tomorrow", "0.5", "field a_setting_of_tomorrow: is set"),
        ("bias", #""lora_only""#, "field bias: is \"lora_only\""),
        ("fan_in_fan_out", "true", "field fan_in_fan_out: is true"),
        ("init_lora_weights", #""pissa_niter_4""#, "may change the network's own weights"),
        ("r", "0", "field r: is 0; it must be a whole number from 1 to"),
        ("lora_dropout", "1", "field lora_dropout: is 1"),
        ("rank_pattern", #"{".*query": 4}"#, "field rank_pattern: has \".*query\"; of regular expressions only names"),
        ("target_modules", "[]", "no linear layer of the encoder is chosen"),
        ("rank_pattern", #"{"query": 9999}"#, "field rank_pattern: has 9999"),
        ("alpha_pattern", #"{"query": 3, "self.query": 4}"#, "query and self.query all mean the layer"),
    ]

    @Test(arguments: refused)
    func whatIsNotFollowedIsRefusedByName(key: String, value: String, words: String) throws {
        let value = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let folder = try AdapterOracle.copy("bert") { $0[key] = value }
        let error = #expect(throws: AdapterError.self) { try encoder().adapters.add(from: folder.url) }
        let message = error?.description ?? ""
        #expect(message.contains(words) && message.contains("adapter_config.json"), "\(message)")
        #expect(message.foreignWords.isEmpty, "\(message)")
    }

    /// Settings that are off, and remarks.
    @Test func whatSaysNothingIsPassedOver() throws {
        let folder = try AdapterOracle.copy("bert") {
            $0["a_setting_of_tomorrow"] = false
            $0["another"] = [String: Any]()
            $0["peft_version"] = "99"
            $0["init_lora_weights"] = "gaussian"
            $0["revision"] = "main"
        }
        try encoder().adapters.add(from: folder.url)
    }

    @Test func missingAndSuperfluousWeightsAreNamed() throws {
        let folder = try AdapterOracle.copy("bert") { _ in }
        let file = folder["adapter_model.safetensors"]
        var weights = try loadWeights(at: file).mapValues { $0.cloned() }
        let name = "base_model.model.encoder.layer.1.attention.self.query.lora_A.weight"
        weights["base_model.model.encoder.layer.1.attention.self.quarry.lora_A.weight"] =
            weights.removeValue(forKey: name)
        try saveSafetensors(weights, to: file)
        let error = #expect(throws: AdapterError.self) { try encoder().adapters.add(from: folder.url) }
        let message = error?.description ?? ""
        #expect(message.contains("missing encoder.layer.1.attention.self.query.lora_A.weight"), "\(message)")
        #expect(message.contains("not used: encoder.layer.1.attention.self.quarry.lora_A.weight"), "\(message)")
    }

    @Test func weightsOfAnotherRankAreNamed() throws {
        let folder = try AdapterOracle.copy("bert") { $0["r"] = 4 }
        let error = #expect(throws: AdapterError.self) { try encoder().adapters.add(from: folder.url) }
        #expect(error?.description.contains("lora_A.weight is [3, 16] in the weights but [4, 16] in the model") == true)
    }

    @Test func foldersWithoutTheFilesAreNamed() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: AdapterError.self) { try encoder().adapters.add(from: folder.url) }
        #expect(error?.description.contains("adapter_config.json cannot be read") == true)
        try folder.write(
            Data(contentsOf: AdapterOracle.folder("bert").appending(path: "adapter_config.json")),
            to: "adapter_config.json")
        let weights = #expect(throws: WeightsError.self) { try encoder().adapters.add(from: folder.url) }
        #expect(weights?.description.contains("adapter_model.safetensors") == true)
    }

    /// Adapters of layers above the encoder are left out as their layers are.
    @Test func adaptersOfAHeadAreLeftOut() throws {
        let folder = try AdapterOracle.copy("bert") { $0["target_modules"] = "all-linear" }
        let file = folder["adapter_model.safetensors"]
        var weights = try loadWeights(at: file).mapValues { $0.cloned() }
        weights["base_model.model.pooler.dense.lora_A.weight"] = .zeros([3, 16])
        weights["base_model.model.pooler.dense.lora_B.weight"] = .zeros([16, 3])
        try saveSafetensors(weights, to: file)
        let (oracle, encoder) = (try #require(AdapterOracle.load().cases["bert"]), try encoder())
        try encoder.adapters.add(from: folder.url)
        let (found, all) = (try oracle.hidden(encoder).floats(), oracle.values)
        #expect(zip(oracle.indices, all).allSatisfy { abs(found[$0] - $1) < 1e-4 })
    }

    @Test func newAdaptersChangeNothingAndLearn() throws {
        let oracle = try #require(AdapterOracle.load().cases["bert"])
        let encoder = try encoder()
        let before = try oracle.hidden(encoder).floats()
        try encoder.adapters.add(
            AdapterConfiguration(rank: 2, alpha: 4, layers: LayerChoice(.endings(["query", "layer.1.output.dense"]))))
        #expect(
            Set(encoder.adapters.adaptedNames) == [
                "encoder.layer.0.attention.self.query", "encoder.layer.1.attention.self.query",
                "encoder.layer.1.output.dense",
            ])
        let hidden = try oracle.hidden(encoder)
        #expect(zip(hidden.floats(), before).allSatisfy { abs($0 - $1) < 1e-6 })
        oracle.propagate(hidden)
        // B begins with 0: at first only it has a gradient.
        for (name, matrix) in encoder.adapterMatrices {
            let largest = try #require(matrix.gradient).abs().max().item()
            #expect((largest > 0) == name.hasSuffix("lora_B.weight"), "\(name)")
            let bound = name.hasSuffix("lora_B.weight") ? 0 : 1 / Double(matrix.size(1)).squareRoot()
            #expect(matrix.abs().max().item() <= bound, "\(name)")
        }
    }

    @Test(arguments: [
        ("querry", "did you mean query?"), ("encoder.layer.2.output.dense", "did you mean encoder.layer."),
        ("pooler.dense", "did you mean"),
    ])
    func layersThatAreNotThereAreNamed(name: String, words: String) throws {
        let layers = LayerChoice(.endings(["query", name]))
        let error = #expect(throws: AdapterError.self) {
            try encoder().adapters.add(AdapterConfiguration(rank: 2, alpha: 4, layers: layers))
        }
        let message = error?.description ?? ""
        #expect(message.contains("\"\(name)\"") && message.contains(words), "\(message)")
    }
}
