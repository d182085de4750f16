import Foundation
import Language
import Support
import TestSupport
import Testing
import Torch

@Suite struct TextEncoderArchitectureTests {
    private let cases: [String: TextEncoderOracle.Case]

    init() throws {
        cases = try TextEncoderOracle.load().cases
    }

    private func oracle(_ name: String) throws -> TextEncoderOracle.Case { try #require(cases[name], "\(name)") }

    private static let architectures: [(name: String, kind: TextEncoderKind)] = [
        ("roberta", .roberta), ("roberta-masked-lm", .roberta), ("xlm-roberta", .roberta), ("camembert", .roberta),
        ("mpnet", .mpnet), ("mpnet-masked-lm", .mpnet), ("distilbert-masked-lm", .distilbert), ("electra", .electra),
        ("electra-generator", .electra), ("electra-plain", .electra), ("modernbert", .modernbert),
        ("modernbert-biases", .modernbert), ("deberta", .debertaV2), ("deberta-masked-lm", .debertaV2),
    ]

    @Test(arguments: architectures)
    func architecturesAreRecognised(name: String, kind: TextEncoderKind) throws {
        let oracle = try oracle(name)
        #expect(oracle.config.kind == kind)
        #expect(TextEncoderKind.kinds(keys: oracle.weights.keys).contains(kind))
        let hasPrefix = oracle.weights.keys.contains { $0.hasPrefix("\(kind.rawValue).") }
        if hasPrefix { #expect(TextEncoderKind(keys: oracle.weights.keys) == kind) }
    }

    @Test func namesOfModelsAreThoseOfFiles() {
        let known: [(String, TextEncoderKind)] = [
            ("bert", .bert), ("roberta", .roberta), ("xlm-roberta", .roberta), ("camembert", .roberta),
            ("mpnet", .mpnet), ("distilbert", .distilbert), ("electra", .electra), ("modernbert", .modernbert),
            ("deberta-v2", .debertaV2),
        ]
        for (name, kind) in known { #expect(TextEncoderKind(modelType: name) == kind) }
        for name in ["gpt2", "deberta", "xlm_roberta", "BERT", ""] { #expect(TextEncoderKind(modelType: name) == nil) }
    }

    /// The keys of published files, which other versions of `transformers` and TensorFlow wrote.
    @Test(arguments: [
        ("roberta", "roberta.", ["lm_head.dense.weight", "lm_head.layer_norm.bias", "lm_head.decoder.weight"]),
        ("roberta", "", ["pooler.dense.bias", "embeddings.position_ids", "classifier.out_proj.weight"]),
        (
            "mpnet-masked-lm", "",
            ["mpnet.embeddings.position_ids", "lm_head.decoder.bias", "mpnet.pooler.dense.weight"]
        ),
        ("mpnet", "mpnet.", ["lm_head.bias"]),
        ("distilbert-answers", "", ["vocab_transform.weight", "vocab_layer_norm.bias", "vocab_projector.weight"]),
        ("electra-plain", "electra.", ["discriminator_predictions.dense.weight", "electra.embeddings.position_ids"]),
        ("electra-plain", "", ["generator_lm_head.weight", "generator_predictions.LayerNorm.beta"]),
        ("modernbert", "model.", ["head.dense.weight", "head.norm.weight", "decoder.weight", "decoder.bias"]),
        (
            "deberta", "deberta.",
            [
                "deberta.embeddings.position_embeddings.weight", "lm_predictions.lm_head.dense.weight",
                "mask_predictions.classifier.weight", "deberta.embeddings.position_ids", "pooler.dense.weight",
            ]
        ),
    ])
    func keysOfPublishedFilesFit(name: String, prefix: String, heads: [String]) throws {
        let oracle = try oracle(name)
        let encoder = oracle.config.makeEncoder()
        var weights: [String: Tensor] = [:]
        for (key, tensor) in oracle.published {
            let old = key.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
                .replacing("LayerNorm.bias", with: "LayerNorm.beta")
            weights[prefix + old] = tensor
        }
        for head in heads { weights[head] = Tensor([1, 2, 3], shape: [3]) }
        try encoder.load(published: weights)
        let found = try oracle.hidden(encoder).floats()
        let error = zip(oracle.indices, oracle.values).map { abs(found[$0] - $1) }.max() ?? .infinity
        #expect(error < 1e-4)

        weights["surprise.weight"] = Tensor([1, 2, 3], shape: [3])
        let mismatch = #expect(throws: WeightMismatch.self) { try encoder.load(published: weights) }
        #expect(mismatch?.unused == ["surprise.weight"])
    }

    @Test func weightsOfAnotherArchitectureAreNamed() throws {
        let folder = try TemporaryFolder()
        try folder.write(JSONEncoder().encode(oracle("electra").config), to: "config.json")
        try saveSafetensors(oracle("roberta-masked-lm").published, to: folder["model.safetensors"])
        let error = #expect(throws: TextEncoderError.self) { try loadTextEncoder(folder: folder.url) }
        let words = "the weights are those of roberta, but config.json is that of electra"
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    /// The last row of a table of positions is for the last token of the longest sequence.
    @Test(arguments: [
        (#""model_type": "roberta", "max_position_embeddings": 514, "type_vocab_size": 1"#, 512, 1),
        (#""model_type": "roberta", "max_position_embeddings": 130, "type_vocab_size": 1"#, 128, 1),
        (#""model_type": "xlm-roberta", "max_position_embeddings": 514, "type_vocab_size": 1"#, 512, 1),
        (#""model_type": "camembert", "max_position_embeddings": 514, "type_vocab_size": 1"#, 512, 1),
        (#""model_type": "roberta", "max_position_embeddings": 66, "pad_token_id": 0"#, 65, 2),
        (#""model_type": "mpnet", "max_position_embeddings": 514"#, 512, 0),
        (#""model_type": "electra", "max_position_embeddings": 512"#, 512, 2),
        (#""model_type": "modernbert", "pad_token_id": 3"#, 8192, 0),
        (#""model_type": "deberta-v2", "relative_attention": true"#, 512, 0),
        (#""model_type": "deberta-v2", "relative_attention": true, "type_vocab_size": 2"#, 512, 2),
    ])
    func positionsAndSegmentsAreThoseThatCanBeUsed(fields: String, positions: Int, segments: Int) throws {
        let sizes = #""hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8"#
        let json = "{\(fields), \"vocab_size\": 10, \(sizes)}"
        let configuration = try JSONDecoder().decode(TextEncoderConfiguration.self, from: Data(json.utf8))
        #expect(configuration.maximumPositions == positions && configuration.segmentCount == segments)
        #expect(configuration.width == 8 && configuration.vocabularySize == 10)
        let encoder = configuration.makeEncoder()
        let length = min(positions, 600)
        let hidden = try withTorchErrors {
            encoder(
                tokenIDs: Tensor([Int](repeating: 5, count: length), shape: [1, length]),
                segmentIDs: Tensor.zeros([1, length], dtype: .int64), attentionMask: nil)
        }
        #expect(hidden.shape == [1, length, 8])
    }

    @Test(arguments: [
        ("roberta", "position_embedding_type", #""relative_key""#), ("roberta", "is_decoder", "true"),
        ("roberta", "pad_token_id", "17"), ("roberta", "pad_token_id", "30"), ("roberta", "hidden_act", #""swish""#),
        ("mpnet", "relative_attention_num_buckets", "16"), ("mpnet", "pad_token_id", "0"),
        ("mpnet", "type_vocab_size", "2"), ("mpnet", "add_cross_attention", "true"),
        ("mpnet", "quantization_config", #"{"bits": 8}"#), ("distilbert-answers", "n_heads", "3"),
        ("distilbert-answers", "activation", #""swish""#), ("distilbert-answers", "quantization_config", "{}"),
        ("distilbert-answers", "dim", "null"), ("electra", "embedding_size", "0"),
        ("electra", "position_embedding_type", #""relative_key_query""#),
        ("modernbert", "rope_scaling", #"{"type": "linear"}"#),
        ("modernbert", "layer_types", #"["full_attention"]"#),
        ("modernbert", "layer_types", #"["full_attention", "chunked_attention", "full_attention", "full_attention"]"#),
        ("modernbert", "rope_parameters", #"{"full_attention": {"rope_type": "yarn", "rope_theta": 5}}"#),
        ("modernbert", "rope_parameters", #"{"sliding_attention": {"rope_theta": 0}}"#),
        ("modernbert", "num_attention_heads", "16"), ("modernbert", "local_attention", "0"),
        ("modernbert", "norm_bias", #""yes""#), ("deberta", "relative_attention", "false"),
        ("deberta", "pos_att_type", #"["p2c", "p2p"]"#), ("deberta", "pos_att_type", #""c2p|p2p""#),
        ("deberta", "pos_att_type", "3"), ("deberta", "norm_rel_ebd", #""batch_norm""#),
        ("deberta", "conv_kernel_size", "4"), ("deberta-convolution", "conv_act", #""swish""#),
        ("deberta", "conv_groups", "2"), ("deberta", "attention_head_size", "4"), ("deberta", "embedding_size", "8"),
        ("deberta", "position_buckets", "78"), ("deberta", "position_buckets", "1"),
    ])
    func optionsThatAreNotSupportedAreRefusedByName(name: String, key: String, value: String) throws {
        let json = try JSONEncoder().encode(oracle(name).config)
        var fields = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
        fields[key] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let folder = try TemporaryFolder()
        try folder.write(JSONSerialization.data(withJSONObject: fields), to: "config.json")
        let error = #expect(throws: TextEncoderError.self) { try TextEncoderConfiguration(folder: folder.url) }
        let message = error?.description ?? ""
        #expect(message.contains("config.json: field \(key)") && message.foreignWords.isEmpty, "\(message)")
    }

    /// The earlier spelling of ModernBERT's layers and rotary positions means the same.
    @Test func earlierConfigurationsOfModernBERTAreRead() throws {
        let json = try JSONEncoder().encode(oracle("modernbert-biases").config)
        var fields = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
        fields["layer_types"] = nil
        fields["rope_parameters"] = nil
        fields["global_attn_every_n_layers"] = 2
        fields["global_rope_theta"] = 3000.0
        fields["local_rope_theta"] = 500.0
        let earlier = try JSONSerialization.data(withJSONObject: fields)
        let configuration = try oracle("modernbert-biases").config
        #expect(try JSONDecoder().decode(TextEncoderConfiguration.self, from: earlier) == configuration)

        fields["local_rope_theta"] = NSNull()
        let unclear = try JSONSerialization.data(withJSONObject: fields)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(TextEncoderConfiguration.self, from: unclear)
        }
    }

    @Test(arguments: architectures)
    func dropoutIsForTrainingOnly(name: String, kind: TextEncoderKind) throws {
        let oracle = try oracle(name)
        var configuration = oracle.config
        if case .modernbert(var structure) = configuration {
            structure.feedForwardDropout = 0.5
            configuration = .modernbert(structure)
        }
        let encoder = configuration.makeEncoder()
        func hidden() throws -> [Float] { try oracle.hidden(encoder).floats() }
        let plain = try hidden()
        #expect(try hidden() == plain)
        let training = try withTrainingMode { try hidden() }
        #expect(training != plain)
    }

    /// Layers whose weights are laid out anew, or are whole numbers, have nothing to be read but what comes of them.
    @Test(arguments: architectures)
    func layersCanBePackedAndQuantised(name: String, kind: TextEncoderKind) throws {
        let oracle = try oracle(name)
        let encoder = try oracle.makeEncoder()
        encoder.freeze()
        let plain = try withoutGradients { try oracle.hidden(encoder) }
        let sizes = encoder.parameters().map(\.tensor.shape).filter { $0.count == 2 }
        for engine in ProductEngine.available where engine.isOfPackedWeights {
            let encoder = try oracle.makeEncoder()
            encoder.freeze()
            let shapes = Set(sizes.map { LinearShape(inputs: $0[1], outputs: $0[0]) })
            try encoder.packLinearLayers(Dictionary(uniqueKeysWithValues: shapes.map { ($0, engine) }))
            let packed = try withoutGradients { try oracle.hidden(encoder) }
            #expect((packed - plain).abs().max().item() < 1e-4, "\(engine)")
        }

        let other = try oracle.makeEncoder()
        other.freeze()
        try other.quantizeLinearLayers()
        let quantised = try withoutGradients { try oracle.hidden(other) }
        #expect((quantised - plain).abs().max().item() < 0.5)
    }
}
