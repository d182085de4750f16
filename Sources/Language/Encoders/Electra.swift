import Support
import Torch

/// The structure of an ELECTRA encoder.
public struct ElectraConfiguration: Sendable, Codable, Equatable {
    /// What BERT has too.
    public var bert: BertConfiguration
    /// The width of the tables, from which a projection leads to that of hidden states where they differ.
    public var embeddingSize: Int
    /// The number of the token that fills sequences up.
    public var paddingID: Int

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case embeddingSize = "embedding_size"
        case paddingID = "pad_token_id"
    }

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        bert = try BertConfiguration(from: decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        embeddingSize = try keys.whole(.embeddingSize, in: 1...1_000_000, default: 128)
        paddingID = try keys.token(.paddingID, in: bert.vocabularySize, default: 0)
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        try bert.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode("electra", forKey: .modelType)
        try keys.encode(embeddingSize, forKey: .embeddingSize)
        try keys.encode(paddingID, forKey: .paddingID)
    }
}

extension ElectraConfiguration: BertHeirStructure {
    static let kind = TextEncoderKind.electra

    var configuration: TextEncoderConfiguration { .electra(self) }

    func makeEncoder() -> any TextEncoder { ElectraModel(self) }
}

/// The ELECTRA encoder (Clark et al., 2020): BERT, with tables that may be narrower than its layers.
package final class ElectraModel: TextEncoder {
    private let structure: ElectraConfiguration
    private let embeddings: TokenEmbeddings
    private let projection: Linear?
    private let layers: [PostNormLayer<SelfAttention>]

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: ElectraConfiguration) {
        structure = configuration
        let (bert, width) = (configuration.bert, configuration.embeddingSize)
        embeddings = TokenEmbeddings(bert.embeddings(paddingID: configuration.paddingID, width: width))
        projection = width == bert.hiddenSize ? nil : Linear(width, bert.hiddenSize)
        layers = bert.makeLayers()
    }

    package var configuration: TextEncoderConfiguration { structure.configuration }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let scope = SelfAttention.Scope(attentionMask: attentionMask)
        let narrow = embeddings(tokenIDs: tokenIDs, segmentIDs: segmentIDs)
        return layers.reduce(projection?(narrow) ?? narrow) { $1($0, scope) }
    }

    package var keyMap: KeyMap { Self.keyMap }

    /// Names of `transformers` and how they are called here.
    package static let keyMap = KeyMap(
        PublishedKeys.embeddings + PublishedKeys.layers + [("embeddings_project", "projection")]
            + PublishedKeys.heads(
                "discriminator_predictions", "generator_predictions", "generator_lm_head", "sequence_summary",
                "classifier", "qa_outputs"))
}
