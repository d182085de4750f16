import Support
import Torch

/// The structure of a DistilBERT encoder.
public struct DistilBertConfiguration: Sendable, Codable, Equatable {
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
    /// The share of hidden values dropped in training.
    public var hiddenDropout: Double
    /// The share of attention weights dropped in training.
    public var attentionDropout: Double
    /// The activation between the matrices of the feed-forward layers.
    public var activation: FeedForwardActivation
    /// The standard deviation of fresh weights.
    public var initializerRange: Double
    /// The number of the token that fills sequences up.
    public var paddingID: Int

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case vocabularySize = "vocab_size"
        case hiddenSize = "dim"
        case layerCount = "n_layers"
        case headCount = "n_heads"
        case intermediateSize = "hidden_dim"
        case maximumPositions = "max_position_embeddings"
        case hiddenDropout = "dropout"
        case attentionDropout = "attention_dropout"
        case activation
        case initializerRange = "initializer_range"
        case paddingID = "pad_token_id"
    }

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    ///
    /// `sinusoidal_pos_embds` only says how the table of positions began, which is among the weights either way.
    public init(from decoder: any Decoder) throws {
        try RefusedOptions.check(decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let sizes = 1...1_000_000
        vocabularySize = try keys.whole(.vocabularySize, in: sizes)
        hiddenSize = try keys.whole(.hiddenSize, in: sizes)
        layerCount = try keys.whole(.layerCount, in: 1...256)
        headCount = try keys.whole(.headCount, in: sizes)
        intermediateSize = try keys.whole(.intermediateSize, in: sizes)
        maximumPositions = try keys.whole(.maximumPositions, in: sizes, default: 512)
        hiddenDropout = try keys.number(.hiddenDropout, in: 0...0.99, default: 0.1)
        attentionDropout = try keys.number(.attentionDropout, in: 0...0.99, default: 0.1)
        activation = try keys.choice(.activation, default: .gelu)
        initializerRange = try keys.number(.initializerRange, in: 0...1, default: 0.02)
        paddingID = try keys.token(.paddingID, in: vocabularySize, default: 0)
        guard hiddenSize.isMultiple(of: headCount) else {
            throw keys.corrupted(.headCount, "is \(headCount), which does not divide dim (\(hiddenSize))")
        }
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode("distilbert", forKey: .modelType)
        try keys.encode(vocabularySize, forKey: .vocabularySize)
        try keys.encode(hiddenSize, forKey: .hiddenSize)
        try keys.encode(layerCount, forKey: .layerCount)
        try keys.encode(headCount, forKey: .headCount)
        try keys.encode(intermediateSize, forKey: .intermediateSize)
        try keys.encode(maximumPositions, forKey: .maximumPositions)
        try keys.encode(hiddenDropout, forKey: .hiddenDropout)
        try keys.encode(attentionDropout, forKey: .attentionDropout)
        try keys.encode(activation, forKey: .activation)
        try keys.encode(initializerRange, forKey: .initializerRange)
        try keys.encode(paddingID, forKey: .paddingID)
    }
}

extension DistilBertConfiguration: TextEncoderStructure {
    static let kind = TextEncoderKind.distilbert

    var configuration: TextEncoderConfiguration { .distilbert(self) }
    var width: Int { hiddenSize }
    var segmentCount: Int { 0 }

    func makeEncoder() -> any TextEncoder { DistilBertModel(self) }

    /// The number that layer normalisation adds to the variance.
    private static let normalizationEpsilon = 1e-12

    fileprivate var layer: LayerStructure {
        LayerStructure(
            width: hiddenSize, headCount: headCount, intermediateWidth: intermediateSize, activation: activation,
            normalizationEpsilon: Self.normalizationEpsilon, attentionDropout: attentionDropout, attendedDropout: 0,
            outputDropout: hiddenDropout)
    }

    fileprivate var embeddings: EmbeddingStructure {
        EmbeddingStructure(
            vocabularySize: vocabularySize, paddingID: paddingID, width: hiddenSize,
            positions: .fromStart(rows: maximumPositions), segmentCount: 0,
            normalizationEpsilon: Self.normalizationEpsilon, dropout: hiddenDropout,
            initializerRange: initializerRange)
    }
}

/// The DistilBERT encoder (Sanh et al., 2019): BERT with fewer layers and no segments.
package final class DistilBertModel: TextEncoder {
    private let structure: DistilBertConfiguration
    private let embeddings: TokenEmbeddings
    private let layers: [PostNormLayer<SelfAttention>]

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: DistilBertConfiguration) {
        structure = configuration
        embeddings = TokenEmbeddings(configuration.embeddings)
        let layer = configuration.layer
        layers = (0..<configuration.layerCount).map { _ in PostNormLayer(layer, attention: SelfAttention(layer)) }
    }

    package var configuration: TextEncoderConfiguration { structure.configuration }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let scope = SelfAttention.Scope(attentionMask: attentionMask)
        return layers.reduce(embeddings(tokenIDs: tokenIDs, segmentIDs: segmentIDs)) { $1($0, scope) }
    }

    package var keyMap: KeyMap { Self.keyMap }

    /// Names of `transformers` and how they are called here.
    package static let keyMap = KeyMap(
        PublishedKeys.embeddings + [
            ("transformer.layer.*.attention.q_lin", "layers.*.attention.query"),
            ("transformer.layer.*.attention.k_lin", "layers.*.attention.key"),
            ("transformer.layer.*.attention.v_lin", "layers.*.attention.value"),
            ("transformer.layer.*.attention.out_lin", "layers.*.attention.output"),
            ("transformer.layer.*.sa_layer_norm", "layers.*.attentionNormalization"),
            ("transformer.layer.*.ffn.lin1", "layers.*.intermediate"),
            ("transformer.layer.*.ffn.lin2", "layers.*.output"),
            ("transformer.layer.*.output_layer_norm", "layers.*.outputNormalization"),
        ]
            + PublishedKeys.heads(
                "vocab_transform", "vocab_layer_norm", "vocab_projector", "pre_classifier", "classifier", "qa_outputs"))
}
