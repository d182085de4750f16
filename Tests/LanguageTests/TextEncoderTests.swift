import Foundation
import Language
import TestSupport
import Testing
import Torch

@Suite struct TextEncoderTests {
    @Test func architecturesAreRecognisedByTheirWeightsAndTheirConfiguration() throws {
        let weights = try loadWeights(at: ModelCache.miniLM.appending(path: "model.safetensors"))
        #expect(TextEncoderKind(keys: weights.keys) == .bert)
        #expect(TextEncoderKind(keys: weights.keys.map { "bert.\($0)" } + ["cls.predictions.bias"]) == .bert)
        #expect(TextEncoderKind(keys: weights.keys.map { "roberta.\($0)" }) == .roberta)
        #expect(TextEncoderKind(keys: weights.keys.map { "albert.\($0)" }) == nil)
        #expect(TextEncoderKind(keys: ["layer1.0.conv1.weight", "embeddings.word_embeddings.weight"]) == nil)
        let configuration = try TextEncoderConfiguration(folder: ModelCache.miniLM)
        #expect(configuration.kind == .bert && configuration.width == 384)
        #expect(configuration.vocabularySize == 30522 && configuration.maximumPositions == 512)
    }

    /// Model folders that lie on disks hold it like this.
    @Test func aConfigurationIsWrittenAsItsArchitectureWritesIt() throws {
        let json = """
            {"attention_probs_dropout_prob":0.1,"hidden_act":"gelu","hidden_dropout_prob":0.1,"hidden_size":384,\
            "initializer_range":0.02,"intermediate_size":1536,"layer_norm_eps":1e-12,"max_position_embeddings":512,\
            "num_attention_heads":12,"num_hidden_layers":6,"type_vocab_size":2,"vocab_size":30522}
            """
        let configuration = try TextEncoderConfiguration(folder: ModelCache.miniLM)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(configuration), as: UTF8.self) == json)
        #expect(try JSONDecoder().decode(TextEncoderConfiguration.self, from: Data(json.utf8)) == configuration)
    }

    @Test func freshWeightsFollowTheSeed() throws {
        let configuration = try TextEncoderConfiguration(folder: TokenizerOracle.url("bert-legacy"))
        func weights() -> [[Float]] {
            Random.seed(3)
            return configuration.makeEncoder().parameters().map { $0.tensor.floats() }
        }
        let first = weights()
        #expect(first == weights())
        #expect(first.contains { Set($0).count > 2 })
    }
}
