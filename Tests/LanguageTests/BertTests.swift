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
        (#"{"model_type": "roberta"}"#, "model_type"),
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
        ("layer_norm_eps", "0"), ("num_hidden_layers", "null"),
    ])
    func impossibleValuesAreNamed(key: String, value: String) throws {
        var json = try String(contentsOf: TokenizerOracle.url("bert-legacy/config.json"), encoding: .utf8)
        json.replace(try Regex("\"\(key)\": [^,\\n]*"), with: "\"\(key)\": \(value)")
        try withFolder(["config.json": Data(json.utf8)]) { folder in
            let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder) }
            #expect(error?.description.contains(key) == true, "\(error?.description ?? "")")
        }
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
