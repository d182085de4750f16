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
    /// The number of rows in the table of positions.
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
    public var activation: FeedForwardActivation
    /// The standard deviation of fresh weights.
    public var initializerRange: Double

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

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        try self.init(from: decoder, segmentCounts: 1...1_000_000, segmentCount: 2, normalizationEpsilon: 1e-12)
    }

    /// Reads the keys of an architecture that took over BERT's.
    /// - Parameters:
    ///   - segmentCounts: the numbers of segment ids that it may have.
    ///   - segmentCount: the number that it has where the file does not say.
    ///   - normalizationEpsilon: what it adds to variances where the file does not say.
    init(
        from decoder: any Decoder, segmentCounts: ClosedRange<Int>, segmentCount: Int, normalizationEpsilon: Double
    ) throws {
        try RefusedOptions.check(decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let sizes = 1...1_000_000
        vocabularySize = try keys.whole(.vocabularySize, in: sizes)
        hiddenSize = try keys.whole(.hiddenSize, in: sizes)
        layerCount = try keys.whole(.layerCount, in: 1...256)
        headCount = try keys.whole(.headCount, in: sizes)
        intermediateSize = try keys.whole(.intermediateSize, in: sizes)
        maximumPositions = try keys.whole(.maximumPositions, in: sizes, default: 512)
        self.segmentCount = try keys.whole(.segmentCount, in: segmentCounts, default: segmentCount)
        self.normalizationEpsilon = try keys.number(
            .normalizationEpsilon, in: 1e-30...1, default: normalizationEpsilon)
        hiddenDropout = try keys.number(.hiddenDropout, in: 0...0.99, default: 0.1)
        attentionDropout = try keys.number(.attentionDropout, in: 0...0.99, default: 0.1)
        activation = try keys.choice(.activation, default: .gelu)
        initializerRange = try keys.number(.initializerRange, in: 0...1, default: 0.02)
        guard hiddenSize.isMultiple(of: headCount) else {
            throw keys.corrupted(
                .headCount, "is \(headCount), which does not divide hidden_size (\(hiddenSize))")
        }
    }
}

extension BertConfiguration: TextEncoderStructure {
    static let kind = TextEncoderKind.bert

    var configuration: TextEncoderConfiguration { .bert(self) }
    var width: Int { hiddenSize }

    func makeEncoder() -> any TextEncoder { BertModel(self) }

    /// All layers, with fresh weights.
    func makeLayers() -> [PostNormLayer<SelfAttention>] {
        (0..<layerCount).map { _ in PostNormLayer(layer, attention: SelfAttention(layer)) }
    }

    /// The sizes of a layer.
    var layer: LayerStructure {
        LayerStructure(
            width: hiddenSize, headCount: headCount, intermediateWidth: intermediateSize, activation: activation,
            normalizationEpsilon: normalizationEpsilon, attentionDropout: attentionDropout,
            attendedDropout: hiddenDropout, outputDropout: hiddenDropout)
    }

    /// The sizes of the tables.
    func embeddings(
        paddingID: Int = 0, width: Int? = nil, positions: EmbeddingStructure.Positions? = nil
    ) -> EmbeddingStructure {
        EmbeddingStructure(
            vocabularySize: vocabularySize, paddingID: paddingID, width: width ?? hiddenSize,
            positions: positions ?? .fromStart(rows: maximumPositions), segmentCount: segmentCount,
            normalizationEpsilon: normalizationEpsilon, dropout: hiddenDropout, initializerRange: initializerRange)
    }
}
