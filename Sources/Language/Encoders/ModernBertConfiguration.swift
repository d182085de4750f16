import Support

/// The structure of a ModernBERT encoder.
public struct ModernBertConfiguration: Sendable, Codable, Equatable {
    /// What the tokens of a layer see.
    public enum LayerType: String, Sendable, Codable, CaseIterable {
        /// All others.
        case full = "full_attention"
        /// Those that are near.
        case sliding = "sliding_attention"
    }

    /// The number of tokens.
    public var vocabularySize: Int
    /// d: the width of hidden states.
    public var hiddenSize: Int
    /// What the tokens of each layer see.
    public var layerTypes: [LayerType]
    /// The number of attention heads; divides `hiddenSize` into even widths.
    public var headCount: Int
    /// The width inside the feed-forward layers.
    public var intermediateSize: Int
    /// The longest sequence.
    public var maximumPositions: Int
    /// The window of ``LayerType/sliding`` layers: a token sees those at most half of it away.
    public var localAttention: Int
    /// The base of rotary positions in ``LayerType/full`` layers.
    public var fullRotaryBase: Double
    /// The base of rotary positions in ``LayerType/sliding`` layers.
    public var slidingRotaryBase: Double
    /// The number that layer normalisation adds to the variance.
    public var normalizationEpsilon: Double
    /// Whether layer normalisation has a bias.
    public var normalizationBias: Bool
    /// Whether the matrices of attention have a bias.
    public var attentionBias: Bool
    /// Whether the matrices of the feed-forward layers have a bias.
    public var feedForwardBias: Bool
    /// The share of token vectors' values dropped in training.
    public var embeddingDropout: Double
    /// The share of attention weights, and of what comes of attention, dropped in training.
    public var attentionDropout: Double
    /// The share of values dropped inside the feed-forward layers in training.
    public var feedForwardDropout: Double
    /// The activation inside the feed-forward layers.
    public var activation: FeedForwardActivation
    /// The standard deviation of fresh weights.
    public var initializerRange: Double
    /// The number of the token that fills sequences up.
    public var paddingID: Int

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case layerCount = "num_hidden_layers"
        case layerTypes = "layer_types"
        case headCount = "num_attention_heads"
        case intermediateSize = "intermediate_size"
        case maximumPositions = "max_position_embeddings"
        case localAttention = "local_attention"
        case rotaryParameters = "rope_parameters"
        case normalizationEpsilon = "norm_eps"
        case normalizationBias = "norm_bias"
        case attentionBias = "attention_bias"
        case feedForwardBias = "mlp_bias"
        case embeddingDropout = "embedding_dropout"
        case attentionDropout = "attention_dropout"
        case feedForwardDropout = "mlp_dropout"
        case activation = "hidden_activation"
        case initializerRange = "initializer_range"
        case paddingID = "pad_token_id"
    }

    /// The keys that files had before `layer_types` and `rope_parameters`.
    fileprivate enum EarlierKeys: String, CodingKey {
        case fullEvery = "global_attn_every_n_layers"
        case fullBase = "global_rope_theta"
        case slidingBase = "local_rope_theta"
        case rotaryScaling = "rope_scaling"
    }

    private enum RotaryTypes: String, CodingKey {
        case full = "full_attention"
        case sliding = "sliding_attention"
    }

    private enum RotaryKeys: String, CodingKey {
        case type = "rope_type"
        case base = "rope_theta"
    }

    private typealias Keys = KeyedDecodingContainer<CodingKeys>
    private typealias Earlier = KeyedDecodingContainer<EarlierKeys>

    /// Reads the keys that `transformers` writes, now or in earlier versions; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        try RefusedOptions.check(decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let earlier = try decoder.container(keyedBy: EarlierKeys.self)
        let (sizes, shares) = (1...1_000_000, 0...0.99)
        vocabularySize = try keys.whole(.vocabularySize, in: sizes)
        hiddenSize = try keys.whole(.hiddenSize, in: sizes)
        layerTypes = try Self.layerTypes(keys, earlier)
        headCount = try keys.whole(.headCount, in: sizes)
        intermediateSize = try keys.whole(.intermediateSize, in: sizes)
        maximumPositions = try keys.whole(.maximumPositions, in: sizes, default: 8192)
        localAttention = try keys.whole(.localAttention, in: sizes, default: 128)
        try earlier.refuse(.rotaryScaling, because: "scaled rotary positions are not supported")
        fullRotaryBase = try Self.rotaryBase(.full, keys) ?? earlier.rotaryBase(.fullBase, default: 160_000)
        slidingRotaryBase = try Self.rotaryBase(.sliding, keys) ?? earlier.rotaryBase(.slidingBase, default: 10_000)
        normalizationEpsilon = try keys.number(.normalizationEpsilon, in: 1e-30...1, default: 1e-5)
        normalizationBias = try keys.value(.normalizationBias, default: false, rule: "true or false")
        attentionBias = try keys.value(.attentionBias, default: false, rule: "true or false")
        feedForwardBias = try keys.value(.feedForwardBias, default: false, rule: "true or false")
        embeddingDropout = try keys.number(.embeddingDropout, in: shares, default: 0)
        attentionDropout = try keys.number(.attentionDropout, in: shares, default: 0)
        feedForwardDropout = try keys.number(.feedForwardDropout, in: shares, default: 0)
        activation = try keys.choice(.activation, default: .gelu)
        initializerRange = try keys.number(.initializerRange, in: 0...1, default: 0.02)
        paddingID = try keys.token(.paddingID, in: vocabularySize, default: 50283)
        guard hiddenSize.isMultiple(of: 2 * headCount) else {
            throw keys.corrupted(
                .headCount, "is \(headCount), which does not divide hidden_size (\(hiddenSize)) into even widths")
        }
    }

    private static func layerTypes(_ keys: Keys, _ earlier: Earlier) throws -> [LayerType] {
        let count = try keys.whole(.layerCount, in: 1...256)
        let every = try earlier.whole(.fullEvery, in: 1...1_000_000, default: 3)
        guard let names = try keys.decodeIfPresent([String].self, forKey: .layerTypes) else {
            return (0..<count).map { $0.isMultiple(of: every) ? .full : .sliding }
        }
        guard names.count == count else {
            throw keys.corrupted(.layerTypes, "has \(names.count) layers, but num_hidden_layers is \(count)")
        }
        return try names.map { name in
            guard let type = LayerType(rawValue: name) else {
                throw keys.corrupted(
                    .layerTypes, "has \(name.quoted); it must have full_attention and sliding_attention alone")
            }
            return type
        }
    }

    /// The base that `rope_parameters` has for a type of layer.
    private static func rotaryBase(_ type: RotaryTypes, _ keys: Keys) throws -> Double? {
        guard keys.contains(.rotaryParameters), try !keys.decodeNil(forKey: .rotaryParameters) else { return nil }
        let types = try keys.nestedContainer(keyedBy: RotaryTypes.self, forKey: .rotaryParameters)
        guard types.contains(type), try !types.decodeNil(forKey: type) else { return nil }
        let parameters = try types.nestedContainer(keyedBy: RotaryKeys.self, forKey: type)
        _ = try parameters.value(.type, default: "default", rule: "default; scaled positions are not supported") {
            $0 == "default"
        }
        return parameters.contains(.base) ? try parameters.number(.base, in: rotaryBases) : nil
    }

    /// The numbers that a base of rotary positions can be.
    fileprivate static let rotaryBases = 1.0...1e12

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode("modernbert", forKey: .modelType)
        try keys.encode(vocabularySize, forKey: .vocabularySize)
        try keys.encode(hiddenSize, forKey: .hiddenSize)
        try keys.encode(layerTypes.count, forKey: .layerCount)
        try keys.encode(layerTypes, forKey: .layerTypes)
        try keys.encode(headCount, forKey: .headCount)
        try keys.encode(intermediateSize, forKey: .intermediateSize)
        try keys.encode(maximumPositions, forKey: .maximumPositions)
        try keys.encode(localAttention, forKey: .localAttention)
        var types = keys.nestedContainer(keyedBy: RotaryTypes.self, forKey: .rotaryParameters)
        for (type, base) in [(RotaryTypes.full, fullRotaryBase), (.sliding, slidingRotaryBase)] {
            var parameters = types.nestedContainer(keyedBy: RotaryKeys.self, forKey: type)
            try parameters.encode("default", forKey: .type)
            try parameters.encode(base, forKey: .base)
        }
        try keys.encode(normalizationEpsilon, forKey: .normalizationEpsilon)
        try keys.encode(normalizationBias, forKey: .normalizationBias)
        try keys.encode(attentionBias, forKey: .attentionBias)
        try keys.encode(feedForwardBias, forKey: .feedForwardBias)
        try keys.encode(embeddingDropout, forKey: .embeddingDropout)
        try keys.encode(attentionDropout, forKey: .attentionDropout)
        try keys.encode(feedForwardDropout, forKey: .feedForwardDropout)
        try keys.encode(activation, forKey: .activation)
        try keys.encode(initializerRange, forKey: .initializerRange)
        try keys.encode(paddingID, forKey: .paddingID)
    }
}

extension KeyedDecodingContainer<ModernBertConfiguration.EarlierKeys> {
    /// A base that stands beside the other keys. Versions differ in what they make of null, so it is refused.
    fileprivate func rotaryBase(_ key: Key, default base: Double) throws -> Double {
        contains(key) ? try number(key, in: ModernBertConfiguration.rotaryBases) : base
    }
}

extension ModernBertConfiguration: TextEncoderStructure {
    static let kind = TextEncoderKind.modernbert

    var configuration: TextEncoderConfiguration { .modernbert(self) }
    var width: Int { hiddenSize }
    var segmentCount: Int { 0 }

    func makeEncoder() -> any TextEncoder { ModernBertModel(self) }
}
