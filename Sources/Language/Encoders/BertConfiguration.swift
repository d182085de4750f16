import Support

/// The structure of a BERT encoder, as `config.json` of a Hugging Face folder gives it.
public struct BertConfiguration: Sendable, Codable, Equatable {
    /// The number of wordpieces.
    public var vocabularySize: Int
    /// d: the width of hidden states.
    public var hiddenSize: Int
    /// The number of encoder layers.
    public var layerCount: Int
    /// The number of attention heads; divides `hiddenSize`.
    public var headCount: Int
    /// The width inside the feed-forward layers.
    public var intermediateSize: Int
    /// The longest sequence.
    public var maximumPositions: Int
    /// The number of segment ids.
    public var segmentCount: Int
    /// The number that layer normalisation adds to the variance.
    public var normalizationEpsilon: Double
    /// The share of hidden values dropped in training.
    public var hiddenDropout: Double
    /// The share of attention weights dropped in training.
    public var attentionDropout: Double
    /// The activation between the matrices of the feed-forward layers.
    public var activation: Activation
    /// The standard deviation of fresh weights.
    public var initializerRange: Double

    /// A function between the matrices of a feed-forward layer.
    public enum Activation: String, Sendable, Codable, CaseIterable {
        /// x Φ(x).
        case gelu
        /// The tanh approximation.
        case geluApproximate = "gelu_new"
        /// max(x, 0).
        case relu
    }

    private enum CodingKeys: String, CodingKey {
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case intermediateSize = "intermediate_size"
        case maximumPositions = "max_position_embeddings"
        case segmentCount = "type_vocab_size"
        case normalizationEpsilon = "layer_norm_eps"
        case hiddenDropout = "hidden_dropout_prob"
        case attentionDropout = "attention_probs_dropout_prob"
        case activation = "hidden_act"
        case initializerRange = "initializer_range"
    }

    /// The kinds of BERT that are none of this one.
    private enum OtherKeys: String, CodingKey {
        case positionEmbeddings = "position_embedding_type"
        case isDecoder = "is_decoder"
        case crossAttention = "add_cross_attention"
        case quantization = "quantization_config"
    }

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        try Self.checkKind(decoder.container(keyedBy: OtherKeys.self))
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let sizes = 1...1_000_000
        vocabularySize = try keys.whole(.vocabularySize, in: sizes)
        hiddenSize = try keys.whole(.hiddenSize, in: sizes)
        layerCount = try keys.whole(.layerCount, in: 1...256)
        headCount = try keys.whole(.headCount, in: sizes)
        intermediateSize = try keys.whole(.intermediateSize, in: sizes)
        maximumPositions = try keys.whole(.maximumPositions, in: sizes, default: 512)
        segmentCount = try keys.whole(.segmentCount, in: sizes, default: 2)
        normalizationEpsilon = try keys.number(.normalizationEpsilon, in: 1e-30...1, default: 1e-12)
        hiddenDropout = try keys.number(.hiddenDropout, in: 0...0.99, default: 0.1)
        attentionDropout = try keys.number(.attentionDropout, in: 0...0.99, default: 0.1)
        activation = try keys.choice(.activation, default: .gelu)
        initializerRange = try keys.number(.initializerRange, in: 0...1, default: 0.02)
        guard hiddenSize.isMultiple(of: headCount) else {
            throw keys.corrupted(
                .headCount, "is \(headCount), which does not divide hidden_size (\(hiddenSize))")
        }
    }

    private static func checkKind(_ keys: KeyedDecodingContainer<OtherKeys>) throws {
        let positions = try keys.decodeIfPresent(String.self, forKey: .positionEmbeddings) ?? "absolute"
        guard positions == "absolute" else {
            throw keys.corrupted(.positionEmbeddings, "is \(positions.quoted); only \"absolute\" is supported")
        }
        for key in [OtherKeys.isDecoder, .crossAttention] {
            guard try keys.decodeIfPresent(Bool.self, forKey: key) != true else {
                throw keys.corrupted(key, "is true; only encoders are supported, in which every word sees all others")
            }
        }
        if keys.contains(.quantization), try !keys.decodeNil(forKey: .quantization) {
            throw keys.corrupted(.quantization, "quantised weights are not supported; save the model as it was before")
        }
    }
}
