import Torch

/// The DeBERTa-v2 and DeBERTa-v3 encoder (He et al., 2021): attention that knows contents and relative positions apart.
package final class DebertaV2Model: TextEncoder {
    private let structure: DebertaV2Configuration
    private let embeddings: TokenEmbeddings
    private let layers: [PostNormLayer<DisentangledAttention>]
    private let distances: Embedding
    private let distanceNormalization: LayerNorm?
    private let convolution: TokenConvolution?

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: DebertaV2Configuration) {
        structure = configuration
        let bert = configuration.bert
        let positions: EmbeddingStructure.Positions =
            configuration.addsPositions ? .fromStart(rows: bert.maximumPositions) : .none
        embeddings = TokenEmbeddings(bert.embeddings(paddingID: configuration.paddingID, positions: positions))
        layers = (0..<bert.layerCount).map { _ in
            PostNormLayer(bert.layer, attention: DisentangledAttention(configuration))
        }
        distances = Embedding(
            2 * configuration.distanceCount, bert.hiddenSize, deviation: bert.initializerRange)
        distanceNormalization =
            configuration.normalizesPositions
            ? LayerNorm(bert.hiddenSize, epsilon: bert.normalizationEpsilon) : nil
        convolution = configuration.convolution.map { TokenConvolution($0, bert) }
    }

    package var configuration: TextEncoderConfiguration { structure.configuration }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let vectors = distanceNormalization?(distances.weight) ?? distances.weight
        let rows = structure.rows(of: RelativePositions.distances(length: tokenIDs.size(1))).to(tokenIDs.device)
        let scope = DisentangledAttention.Scope(
            mask: attentionMask?.unsqueezed(1).unsqueezed(1), distances: vectors,
            rows: RelativePositions.spread(rows, length: tokenIDs.size(1)))
        let embedded = embeddings(tokenIDs: tokenIDs, segmentIDs: segmentIDs)
        let first = layers[0](embedded, scope)
        let convolved = convolution?(embedded, beside: first, attentionMask: attentionMask) ?? first
        return layers.dropFirst().reduce(convolved) { $1($0, scope) }
    }

    package var keyMap: KeyMap { Self.keyMap(structure) }

    /// Names of `transformers` and how they are called here. Weights may have a table of positions that is not used.
    package static func keyMap(_ configuration: DebertaV2Configuration) -> KeyMap {
        let rows: [PublishedKeys.Row] = [
            ("encoder.layer.*.attention.self.query_proj", "layers.*.attention.query"),
            ("encoder.layer.*.attention.self.key_proj", "layers.*.attention.key"),
            ("encoder.layer.*.attention.self.value_proj", "layers.*.attention.value"),
            ("encoder.layer.*.attention.self.pos_key_proj", "layers.*.attention.positionKey"),
            ("encoder.layer.*.attention.self.pos_query_proj", "layers.*.attention.positionQuery"),
            ("encoder.layer.*.attention.output.dense", "layers.*.attention.output"),
            ("encoder.layer.*.attention.output.LayerNorm", "layers.*.attentionNormalization"),
            ("encoder.rel_embeddings", "distances"),
            ("encoder.LayerNorm", "distanceNormalization"),
            ("encoder.conv.conv", "convolution"),
            ("encoder.conv.LayerNorm", "convolution.normalization"),
        ]
        let heads = PublishedKeys.heads(
            "pooler", "cls", "lm_predictions", "mask_predictions", "classifier", "qa_outputs")
        let unused = configuration.addsPositions ? [] : PublishedKeys.heads("embeddings.position_embeddings")
        let tables = PublishedKeys.embeddings.filter { row in !unused.contains { $0.pattern == row.pattern } }
        return KeyMap(tables + unused + PublishedKeys.feedForward + rows + heads)
    }
}

extension DebertaV2Configuration {
    /// The row in the table of distances for j - i, where token i looks at token j.
    ///
    /// In buckets, small distances have a row each and larger ones share rows, in ranges that grow with the distance.
    package func rows(of distances: Tensor) -> Tensor {
        let span = Double(distanceCount)
        return (bucketed(distances * -1) + span).clamped(to: 0...(2 * span - 1)).to(.int64)
    }

    private func bucketed(_ distances: Tensor) -> Tensor {
        guard let bucketCount else { return distances }
        let half = Double(bucketCount / 2)
        let range = Tensor([Float((Double(maximumDistance) - 1) / half)], shape: [1]).log()
        let far = distances.abs().to(.float32).clamped(to: half...Double.infinity)
        let logarithms = ((far / half).log() / range * (half - 1)).floats().map { $0.rounded(.up) + Float(half) }
        let large = Tensor(logarithms, shape: distances.shape)
        let signed = Tensor.choose(distances .< 0, large * -1, large)
        return Tensor.choose(distances.abs() .> half, signed, distances.to(.float32))
    }
}

/// A convolution over neighbouring tokens, added to what comes of the first layer and normalised.
private final class TokenConvolution: Module {
    /// `[d, d, kernel]`
    let weight: Tensor
    /// `[d]`
    let bias: Tensor
    let normalization: LayerNorm
    let dropout: Dropout
    private let activation: DebertaV2Configuration.Convolution.Activation

    init(_ convolution: DebertaV2Configuration.Convolution, _ bert: BertConfiguration) {
        let (width, kernel) = (bert.hiddenSize, convolution.kernelSize)
        let bound = 1 / Double(width * kernel).squareRoot()
        weight = Initialization.uniform([width, width, kernel], bound: bound)
        bias = Initialization.uniform([width], bound: bound)
        normalization = LayerNorm(width, epsilon: bert.normalizationEpsilon)
        dropout = Dropout(bert.hiddenDropout)
        activation = convolution.activation
    }

    /// - Parameters:
    ///   - embedded: the first layer's input, `[batch, length, d]`.
    ///   - hidden: its output, `[batch, length, d]`.
    ///   - attentionMask: `[batch, length]`
    func callAsFunction(_ embedded: Tensor, beside hidden: Tensor, attentionMask: Tensor?) -> Tensor {
        let padding = attentionMask.map { (.!$0).unsqueezed(2) }
        let tokens = padding.map { embedded.masked($0, with: 0) } ?? embedded
        let convolved = dropout(convolve(tokens))
        let active =
            switch activation {
            case .tanh: convolved.tanh()
            case .gelu: convolved.gelu()
            }
        return normalization(hidden + active)
    }

    /// `[batch, length, d]` to the same; beyond both ends of a sequence all is 0.
    private func convolve(_ x: Tensor) -> Tensor {
        let (width, kernel) = (weight.size(0), weight.size(2))
        let padded = x.padded([0, 0, kernel / 2, kernel / 2])
        let neighbours = (0..<kernel).map { padded.narrow(1, start: $0, length: x.size(1)) }
        return Tensor.concatenated(neighbours, 2)
            .linear(weight.permuted([0, 2, 1]).reshaped([width, kernel * width]), bias)
    }
}
