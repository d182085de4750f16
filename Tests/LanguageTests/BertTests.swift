import Foundation
import Language
import Support
import TestSupport
import Testing
import Torch

@Suite struct BertTests {
    private func smallModel() throws -> any TextEncoder {
        try loadTextEncoder(folder: TokenizerOracle.url("bert-legacy"))
    }

    @Test func paddingChangesNothing() throws {
        let model = try smallModel()
        let ids = [3, 14, 15, 9, 2]
        let alone = model(
            tokenIDs: Tensor(ids, shape: [1, 5]), segmentIDs: Tensor([0, 0, 0, 1, 1], shape: [1, 5]),
            attentionMask: nil)
        let padded = model(
            tokenIDs: Tensor(ids + [7, 7, 7], shape: [1, 8]),
            segmentIDs: Tensor([0, 0, 0, 1, 1, 1, 1, 1], shape: [1, 8]),
            attentionMask: Tensor([true, true, true, true, true, false, false, false], shape: [1, 8]))
        let error = zip(alone.floats(), padded.floats()).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error < 1e-5)
    }

    @Test func dropoutIsForTrainingOnly() throws {
        let model = try smallModel()
        let ids = Tensor([3, 14, 15, 9], shape: [1, 4])
        let segments = Tensor([0, 0, 0, 0], shape: [1, 4])
        func hidden() -> [Float] { model(tokenIDs: ids, segmentIDs: segments, attentionMask: nil).floats() }
        #expect(hidden() == hidden())
        withTrainingMode { #expect(hidden() != hidden()) }
    }

    @Test func everyParameterGetsAGradient() throws {
        let model = try smallModel()
        let ids = Tensor([3, 14, 15, 9], shape: [1, 4])
        let hidden = model(tokenIDs: ids, segmentIDs: Tensor([0, 0, 1, 1], shape: [1, 4]), attentionMask: nil)
        (hidden * hidden * hidden).sum().backward()
        for (path, parameter) in model.parameters() {
            #expect(parameter.gradient?.floats().contains { $0 != 0 } == true, "\(path)")
        }
    }

    @Test(arguments: [
        (#"{"model_type": "gpt2"}"#, "model_type"),
        (#"{"model_type": "bert", "position_embedding_type": "relative_key"}"#, "position_embedding_type"),
        (#"{"model_type": "bert"}"#, "field vocab_size: missing"),
        ("{", "not valid JSON"),
        ("", "not valid JSON"),
    ])
    func unsuitableConfigurationsAreNamed(json: String, words: String) throws {
        try withFolder(["config.json": Data(json.utf8)]) { folder in
            let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("config.json") == true)
        }
    }

    @Test(arguments: [
        ("num_attention_heads", "5"), ("num_attention_heads", "0"), ("hidden_size", "-24"), ("vocab_size", "\"many\""),
        ("hidden_act", "\"swish\""), ("hidden_dropout_prob", "1.5"), ("attention_probs_dropout_prob", "-0.1"),
        ("layer_norm_eps", "0"), ("num_hidden_layers", "null"), ("num_hidden_layers", "1000000000"),
        ("vocab_size", "99999999999999999999"), ("vocab_size", "1e30"), ("hidden_size", "24.5"),
        ("max_position_embeddings", "0"), ("type_vocab_size", "-1"), ("intermediate_size", "9223372036854775807"),
        ("layer_norm_eps", "1e999"), ("initializer_range", "-1"),
    ])
    func impossibleValuesAreNamed(key: String, value: String) throws {
        var json = try String(contentsOf: TokenizerOracle.url("bert-legacy/config.json"), encoding: .utf8)
        json.replace(try Regex("\"\(key)\": [^,\\n]*"), with: "\"\(key)\": \(value)")
        try withFolder(["config.json": Data(json.utf8)]) { folder in
            let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder) }
            let message = error?.description ?? ""
            #expect(message.contains("config.json: field \(key)") && message.foreignWords.isEmpty, "\(message)")
        }
    }

    @Test(arguments: [
        (#""hidden_act": "swish""#, #"field hidden_act: is "swish"; it must be gelu, gelu_new or relu"#),
        (
            #""model_type": "robertta""#,
            #"field model_type: is "robertta" (did you mean "roberta"?), but only bert, camembert, deberta-v2, "#
                + "distilbert, electra, modernbert, mpnet, roberta, xlm-roberta are supported"
        ),
        (#""is_decoder": true"#, "field is_decoder: is true; only encoders are supported"),
        (#""add_cross_attention": true"#, "field add_cross_attention: is true; only encoders are supported"),
        (#""quantization_config": {"bits": 8}"#, "field quantization_config: quantised weights are not supported"),
        (#""num_hidden_layers": 257"#, "field num_hidden_layers: is 257; it must be a whole number from 1 to 256"),
    ])
    func kindsThatAreNotReadAreNamed(field: String, words: String) throws {
        let json = try String(contentsOf: TokenizerOracle.url("bert-legacy/config.json"), encoding: .utf8)
        let key = String(field.split(separator: ":")[0])
        let others = json.split(separator: "\n").filter { !$0.contains(key) }.joined(separator: "\n")
        let changed = others.replacing("{", with: "{ \(field),", maxReplacements: 1)
        try withFolder(["config.json": Data(changed.utf8)]) { folder in
            let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder) }
            #expect(error?.description.contains("config.json: \(words)") == true, "\(error?.description ?? "")")
        }
    }

    /// Terabytes, had they been taken at their word.
    @Test(arguments: [("hidden_size", 1_000_000), ("vocab_size", 1_000_000), ("intermediate_size", 1_000_000)])
    func sizesAreComparedWithTheWeightsFirst(key: String, size: Int) throws {
        let folder = try TemporaryFolder()
        try TinyBert.write(to: folder.url)
        var json = try String(contentsOf: folder["config.json"], encoding: .utf8)
        json.replace(try Regex("\"\(key)\": [0-9]+"), with: "\"\(key)\": \(size)")
        try folder.write(json, to: "config.json")
        let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder.url) }
        let message = error?.description ?? ""
        #expect(message.contains("model.safetensors: the weights do not fit the model"), "\(message)")
        #expect(message.contains("\(size)"), "\(message)")
    }

    @Test(arguments: [DType.int8, .uint8])
    func quantisedWeightsAreRefused(dtype: DType) throws {
        let folder = try TemporaryFolder()
        try TinyBert.write(to: folder.url)
        var weights = try loadWeights(at: folder["model.safetensors"]).mapValues { $0.cloned() }
        weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"]?.to(dtype)
        try saveSafetensors(weights, to: folder["model.safetensors"])
        let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder.url) }
        #expect(error?.description.contains("embeddings.words.weight is of type \(dtype)") == true)
    }

    @Test func aModelInShardsIsTheModel() throws {
        let folder = try TemporaryFolder()
        try TinyBert.write(to: folder.url)
        let expected = try loadTextEncoder(folder: folder.url).state().map { $0.tensor.floats() }
        let weights = try loadWeights(at: folder["model.safetensors"]).mapValues { $0.cloned() }
        let names = weights.keys.sorted()
        var map: [String: String] = [:]
        for (number, part) in [names.prefix(7), names.dropFirst(7)].enumerated() {
            let shard = "model-0000\(number + 1)-of-00002.safetensors"
            try saveSafetensors(weights.filter { part.contains($0.key) }, to: folder[shard])
            for name in part { map[name] = shard }
        }
        try FileManager.default.removeItem(at: folder["model.safetensors"])
        let index = try JSONEncoder().encode(["weight_map": map])
        try folder.write(index, to: "model.safetensors.index.json")
        #expect(try loadTextEncoder(folder: folder.url).state().map { $0.tensor.floats() } == expected)
        try FileManager.default.removeItem(at: folder["model-00002-of-00002.safetensors"])
        let error = #expect(throws: WeightsError.self) { try loadTextEncoder(folder: folder.url) }
        #expect(error?.description.contains("model-00002-of-00002.safetensors") == true)
    }

    @Test func weightsMustFitTheConfiguration() throws {
        let folder = try TokenizerOracle.url("bert-legacy")
        let json = try String(contentsOf: folder.appending(path: "config.json"), encoding: .utf8)
        let weights = try Data(contentsOf: folder.appending(path: "pytorch_model.bin"))
        try withFolder(["config.json": Data(json.utf8)]) { folder in
            let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder) }
            #expect(error?.description.contains("model.safetensors") == true)
        }
        for (key, old, new) in [("num_hidden_layers", 2, 3), ("num_hidden_layers", 2, 1), ("vocab_size", 40, 41)] {
            let changed = json.replacing("\"\(key)\": \(old)", with: "\"\(key)\": \(new)")
            try withFolder(["config.json": Data(changed.utf8), "pytorch_model.bin": weights]) { folder in
                let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder) }
                #expect(error?.description.contains("do not fit") == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test func randomBytesAreNoWeights() throws {
        let config = try Data(contentsOf: TokenizerOracle.url("bert-legacy/config.json"))
        var generator = SplitMix64(state: 5)
        for name in ["model.safetensors", "pytorch_model.bin"] {
            let bytes = Data((0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) })
            try withFolder(["config.json": config, name: bytes]) { folder in
                #expect(throws: (any Error).self) { try loadTextEncoder(folder: folder) }
            }
        }
    }

    /// Runs the body with a folder of files.
    private func withFolder(_ files: [String: Data], _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, data) in files { try data.write(to: folder.appending(path: name)) }
        try body(folder)
    }
}
