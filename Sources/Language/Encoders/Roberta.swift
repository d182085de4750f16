import Support
import Torch

/// The structure of a RoBERTa encoder or of one that took over its architecture: XLM-RoBERTa, CamemBERT, BERTweet.
public struct RobertaConfiguration: Sendable, Codable, Equatable {
    /// The names under which `model_type` has the architecture.
    public enum ModelType: String, Sendable, Codable, CaseIterable {
        case roberta
        case xlmRoberta = "xlm-roberta"
        case camembert
    }

    /// The name of the architecture; it changes no number.
    public var modelType: ModelType
    /// What BERT has too.
    public var bert: BertConfiguration
    /// The number of the token that fills sequences up; positions are counted from it on.
    public var paddingID: Int

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case paddingID = "pad_token_id"
    }

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        bert = try BertConfiguration(from: decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        modelType = try keys.choice(.modelType, default: .roberta)
        paddingID = try keys.token(.paddingID, in: bert.vocabularySize, default: 1)
        guard maximumPositions > 0 else {
            throw keys.corrupted(
                .paddingID,
                "is \(paddingID), which leaves no position: max_position_embeddings is \(bert.maximumPositions)")
        }
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        try bert.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(modelType, forKey: .modelType)
        try keys.encode(paddingID, forKey: .paddingID)
    }
}

extension RobertaConfiguration: BertHeirStructure {
    static let kind = TextEncoderKind.roberta

    var configuration: TextEncoderConfiguration { .roberta(self) }
    var maximumPositions: Int { bert.maximumPositions - paddingID - 1 }

    func makeEncoder() -> any TextEncoder { RobertaModel(self) }
}

/// The RoBERTa encoder (Liu et al., 2019), which is also that of XLM-RoBERTa (Conneau et al., 2020), CamemBERT (Martin et
/// al., 2020) and BERTweet (Nguyen et al., 2020): BERT with positions that begin after the padding's number.
package final class RobertaModel: TextEncoder {
    private let structure: RobertaConfiguration
    private let embeddings: TokenEmbeddings
    private let layers: [PostNormLayer<SelfAttention>]

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: RobertaConfiguration) {
        structure = configuration
        let bert = configuration.bert
        embeddings = TokenEmbeddings(
            bert.embeddings(
                paddingID: configuration.paddingID, positions: .afterPadding(rows: bert.maximumPositions)))
        layers = bert.makeLayers()
    }

    package var configuration: TextEncoderConfiguration { structure.configuration }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let scope = SelfAttention.Scope(attentionMask: attentionMask)
        return layers.reduce(embeddings(tokenIDs: tokenIDs, segmentIDs: segmentIDs)) { $1($0, scope) }
    }

    package var keyMap: KeyMap { Self.keyMap }

    /// Names of `transformers` and how they are called here.
    package static let keyMap = KeyMap(
        PublishedKeys.embeddings + PublishedKeys.layers
            + PublishedKeys.heads("pooler", "lm_head", "classifier", "qa_outputs"))
}
