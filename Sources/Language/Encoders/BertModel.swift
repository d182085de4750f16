import Torch

/// The BERT encoder (Devlin et al., 2019).
package final class BertModel: TextEncoder {
    private let structure: BertConfiguration
    private let embeddings: TokenEmbeddings
    private let layers: [PostNormLayer<SelfAttention>]

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: BertConfiguration) {
        structure = configuration
        embeddings = TokenEmbeddings(configuration.embeddings())
        layers = configuration.makeLayers()
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
            + PublishedKeys.heads("pooler", "cls", "dropout", "classifier", "qa_outputs"))
}
