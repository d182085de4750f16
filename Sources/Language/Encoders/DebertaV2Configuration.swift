import Support

/// The structure of a DeBERTa-v2 encoder, which DeBERTa-v3 has too.
public struct DebertaV2Configuration: Sendable, Codable, Equatable {
    /// A term of the scores of attention that knows how far apart two tokens are.
    public enum PositionTerm: String, Sendable, Codable, CaseIterable {
        /// The content of a token with the position of the other.
        case contentToPosition = "c2p"
        /// The position of a token with the content of the other.
        case positionToContent = "p2c"
    }

    /// A convolution over neighbouring tokens beside the first layer.
    public struct Convolution: Sendable, Equatable {
        /// The number of tokens that it sees; odd.
        public var kernelSize: Int
        /// What follows it.
        public var activation: Activation

        /// A function of what comes of the convolution.
        public enum Activation: String, Sendable, CaseIterable {
            case tanh
            case gelu
        }
    }

    /// What BERT has too.
    public var bert: BertConfiguration
    /// Whether token vectors have a position's added to them.
    public var addsPositions: Bool
    /// The largest distance of two tokens; those beyond count as this one.
    public var maximumDistance: Int
    /// The number of ranges of distances, in either direction; nil where each distance has vectors of its own.
    public var bucketCount: Int?
    /// The terms that know positions.
    public var positionTerms: Set<PositionTerm>
    /// Whether positions go through the matrices of contents.
    public var sharesProjections: Bool
    /// Whether the vectors of relative positions are normalised.
    public var normalizesPositions: Bool
    /// The convolution, in the larger models.
    public var convolution: Convolution?
    /// The number of the token that fills sequences up.
    public var paddingID: Int

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case headCount = "num_attention_heads"
        case relativeAttention = "relative_attention"
        case addsPositions = "position_biased_input"
        case maximumDistance = "max_relative_positions"
        case bucketCount = "position_buckets"
        case positionTerms = "pos_att_type"
        case sharesProjections = "share_att_key"
        case positionNormalization = "norm_rel_ebd"
        case kernelSize = "conv_kernel_size"
        case convolutionActivation = "conv_act"
        case convolutionGroups = "conv_groups"
        case headWidth = "attention_head_size"
        case embeddingSize = "embedding_size"
        case paddingID = "pad_token_id"
    }

    private typealias Keys = KeyedDecodingContainer<CodingKeys>

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        bert = try BertConfiguration(
            from: decoder, segmentCounts: 0...1_000_000, segmentCount: 0, normalizationEpsilon: 1e-7)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try Self.checkKind(keys, bert)
        addsPositions = try keys.value(.addsPositions, default: true, rule: "true or false")
        let distance = try keys.whole(.maximumDistance, in: -1...1_000_000, default: -1)
        maximumDistance = distance < 1 ? bert.maximumPositions : distance
        let buckets = try keys.whole(.bucketCount, in: -1...1_000_000, default: -1)
        bucketCount = buckets < 1 ? nil : buckets
        positionTerms = try Self.positionTerms(keys)
        sharesProjections = try keys.value(.sharesProjections, default: false, rule: "true or false")
        let normalization = try keys.value(.positionNormalization, default: "none", rule: "none or layer_norm") {
            ["none", "layer_norm"].contains($0)
        }
        normalizesPositions = normalization == "layer_norm"
        convolution = try Self.convolution(keys)
        paddingID = try keys.token(.paddingID, in: bert.vocabularySize, default: 0)
        if let bucketCount, bucketCount < 2 || maximumDistance - 1 <= bucketCount / 2 {
            throw keys.corrupted(
                .bucketCount, "is \(bucketCount), of which half must lie between 1 and \(maximumDistance - 2)")
        }
    }

    private static func checkKind(_ keys: Keys, _ bert: BertConfiguration) throws {
        guard try keys.decodeIfPresent(Bool.self, forKey: .relativeAttention) == true else {
            throw keys.corrupted(.relativeAttention, "is not true; only relative positions are supported")
        }
        for (key, value) in [
            (CodingKeys.headWidth, bert.hiddenSize / bert.headCount), (.embeddingSize, bert.hiddenSize),
            (.convolutionGroups, 1),
        ] {
            _ = try keys.value(key, default: value, rule: "\(value); others are not supported") { $0 == value }
        }
    }

    /// The terms of a list, or of a text such as `p2c|c2p`.
    private static func positionTerms(_ keys: Keys) throws -> Set<PositionTerm> {
        guard keys.contains(.positionTerms), try !keys.decodeNil(forKey: .positionTerms) else { return [] }
        let text = try? keys.decode(String.self, forKey: .positionTerms)
        let names =
            try text.map { $0.lowercased().split(separator: "|").map(String.init) }
            ?? keys.decode([String].self, forKey: .positionTerms)
        return try Set(
            names.map { name in
                guard let term = PositionTerm(rawValue: name.filter { $0 != " " }) else {
                    throw keys.corrupted(.positionTerms, "has \(name.quoted); it must have c2p and p2c alone")
                }
                return term
            })
    }

    private static func convolution(_ keys: Keys) throws -> Convolution? {
        let size = try keys.whole(.kernelSize, in: 0...99, default: 0)
        guard size > 0 else { return nil }
        guard !size.isMultiple(of: 2) else { throw keys.corrupted(.kernelSize, "is \(size); it must be odd") }
        return Convolution(kernelSize: size, activation: try keys.choice(.convolutionActivation, default: .tanh))
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        try bert.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode("deberta-v2", forKey: .modelType)
        try keys.encode(true, forKey: .relativeAttention)
        try keys.encode(addsPositions, forKey: .addsPositions)
        try keys.encode(maximumDistance, forKey: .maximumDistance)
        try keys.encode(bucketCount ?? -1, forKey: .bucketCount)
        try keys.encode(positionTerms.map(\.rawValue).sorted(), forKey: .positionTerms)
        try keys.encode(sharesProjections, forKey: .sharesProjections)
        try keys.encode(normalizesPositions ? "layer_norm" : "none", forKey: .positionNormalization)
        try keys.encode(convolution?.kernelSize ?? 0, forKey: .kernelSize)
        try keys.encodeIfPresent(convolution?.activation.rawValue, forKey: .convolutionActivation)
        try keys.encode(paddingID, forKey: .paddingID)
    }
}

extension DebertaV2Configuration: BertHeirStructure {
    static let kind = TextEncoderKind.debertaV2

    var configuration: TextEncoderConfiguration { .debertaV2(self) }

    func makeEncoder() -> any TextEncoder { DebertaV2Model(self) }

    /// The distances in either direction that have vectors of their own.
    var distanceCount: Int { bucketCount ?? maximumDistance }
}
