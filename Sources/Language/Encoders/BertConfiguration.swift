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
    public enum Activation: String, Sendable, Codable {
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

    private enum ModelKeys: String, CodingKey {
        case positionEmbeddings = "position_embedding_type"
    }

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        let model = try decoder.container(keyedBy: ModelKeys.self)
        if let kind = try model.decodeIfPresent(String.self, forKey: .positionEmbeddings), kind != "absolute" {
            throw DecodingError.dataCorruptedError(
                forKey: .positionEmbeddings, in: model,
                debugDescription: "is \"\(kind)\"; only \"absolute\" is supported")
        }
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys, default fallback: Int? = nil, most: Int = 1_000_000) throws -> Int {
            let value = try keys.decodeIfPresent(Int.self, forKey: key) ?? fallback
            guard let value else { return try keys.decode(Int.self, forKey: key) }
            guard (1...most).contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: keys, debugDescription: "is \(value); it must be from 1 to \(most)")
            }
            return value
        }
        vocabularySize = try count(.vocabularySize)
        hiddenSize = try count(.hiddenSize)
        layerCount = try count(.layerCount, most: 256)
        headCount = try count(.headCount)
        intermediateSize = try count(.intermediateSize)
        maximumPositions = try count(.maximumPositions, default: 512)
        segmentCount = try count(.segmentCount, default: 2)
        func number(_ key: CodingKeys, default fallback: Double, in range: Range<Double>) throws -> Double {
            let value = try keys.decodeIfPresent(Double.self, forKey: key) ?? fallback
            guard range.contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: keys,
                    debugDescription: "is \(value); it must be from \(range.lowerBound) to below \(range.upperBound)")
            }
            return value
        }
        normalizationEpsilon = try number(.normalizationEpsilon, default: 1e-12, in: Double.leastNonzeroMagnitude..<1)
        hiddenDropout = try number(.hiddenDropout, default: 0.1, in: 0..<1)
        attentionDropout = try number(.attentionDropout, default: 0.1, in: 0..<1)
        activation = try keys.decodeIfPresent(Activation.self, forKey: .activation) ?? .gelu
        initializerRange = try number(.initializerRange, default: 0.02, in: 0..<1)
        guard hiddenSize.isMultiple(of: headCount) else {
            throw DecodingError.dataCorruptedError(
                forKey: .headCount, in: keys,
                debugDescription: "is \(headCount), which does not divide hidden_size (\(hiddenSize))")
        }
    }
}
