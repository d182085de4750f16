import Torch

/// The ModernBERT encoder (Warner et al., 2024): rotary positions, gated feed-forward networks, normalisation before each
/// part of a layer, and most layers with a window.
package final class ModernBertModel: TextEncoder {
    private let structure: ModernBertConfiguration
    private let embeddings: ModernBertEmbeddings
    private let layers: [ModernBertLayer]
    private let normalization: LayerNorm

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: ModernBertConfiguration) {
        structure = configuration
        embeddings = ModernBertEmbeddings(configuration)
        layers = configuration.layerTypes.indices.map { ModernBertLayer(configuration, isFirst: $0 == 0) }
        normalization = configuration.normalization()
    }

    package var configuration: TextEncoderConfiguration { structure.configuration }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let (length, device) = (tokenIDs.size(1), tokenIDs.device)
        let seen = attentionMask?.unsqueezed(1).unsqueezed(1)
        func positions(base: Double) -> RotaryPositions {
            RotaryPositions(
                length: length, width: structure.hiddenSize / structure.headCount, base: base, on: device)
        }
        let full = RotaryAttention.Scope(mask: seen, positions: positions(base: structure.fullRotaryBase))
        let sliding = RotaryAttention.Scope(
            mask: window(length: length, seen: seen, on: device),
            positions: positions(base: structure.slidingRotaryBase))
        let hidden = zip(layers, structure.layerTypes).reduce(embeddings(tokenIDs)) { hidden, next in
            switch next.1 {
            case .full: next.0(hidden, full)
            case .sliding: next.0(hidden, sliding)
            }
        }
        return normalization(hidden)
    }

    /// Whether each token is near enough to be seen: `[batch or 1, 1, length, length]`. Each sees itself, padding too.
    private func window(length: Int, seen: Tensor?, on device: Device) -> Tensor? {
        let reach = structure.localAttention / 2
        guard length > reach + 1 else { return seen }
        let tokens = Tensor.arange(length, device: device)
        let distances = (tokens.unsqueezed(0) - tokens.unsqueezed(1)).abs().reshaped([1, 1, length, length])
        let near = distances .< Double(reach + 1)
        return seen.map { near .& $0 .| (distances .== 0) } ?? near
    }

    package var keyMap: KeyMap { Self.keyMap }

    /// Names of `transformers` and how they are called here.
    package static let keyMap = KeyMap(
        [
            ("embeddings.tok_embeddings", "embeddings.words"),
            ("embeddings.norm", "embeddings.normalization"),
            ("layers.*.attn_norm", "layers.*.attentionNormalization"),
            ("layers.*.attn.Wqkv", "layers.*.attention.queryKeyValue"),
            ("layers.*.attn.Wo", "layers.*.attention.output"),
            ("layers.*.mlp_norm", "layers.*.feedForwardNormalization"),
            ("layers.*.mlp.Wi", "layers.*.intermediate"),
            ("layers.*.mlp.Wo", "layers.*.output"),
            ("final_norm", "normalization"),
        ] + PublishedKeys.heads("head", "decoder", "classifier"))
}

extension ModernBertConfiguration {
    fileprivate func normalization() -> LayerNorm {
        LayerNorm(hiddenSize, epsilon: normalizationEpsilon, bias: normalizationBias)
    }
}

/// Token vectors, normalised: `[batch, length]` to `[batch, length, width]`.
private final class ModernBertEmbeddings: Module {
    let words: Embedding
    let normalization: LayerNorm
    let dropout: Dropout

    init(_ configuration: ModernBertConfiguration) {
        words = Embedding(
            configuration.vocabularySize, configuration.hiddenSize, deviation: configuration.initializerRange,
            paddingIndex: configuration.paddingID)
        normalization = configuration.normalization()
        dropout = Dropout(configuration.embeddingDropout)
    }

    func callAsFunction(_ tokenIDs: Tensor) -> Tensor { dropout(normalization(words(tokenIDs))) }
}

/// One encoder layer, whose parts get their input normalised and add to it. The first layer's input is normalised already.
private final class ModernBertLayer: Module {
    let attentionNormalization: LayerNorm?
    let attention: RotaryAttention
    let feedForwardNormalization: LayerNorm
    let intermediate: Linear
    let output: Linear
    let dropout: Dropout
    private let activation: FeedForwardActivation

    init(_ configuration: ModernBertConfiguration, isFirst: Bool) {
        let (width, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        attentionNormalization = isFirst ? nil : configuration.normalization()
        attention = RotaryAttention(configuration)
        feedForwardNormalization = configuration.normalization()
        intermediate = Linear(width, 2 * inner, bias: configuration.feedForwardBias)
        output = Linear(inner, width, bias: configuration.feedForwardBias)
        dropout = Dropout(configuration.feedForwardDropout)
        activation = configuration.activation
    }

    func callAsFunction(_ x: Tensor, _ scope: RotaryAttention.Scope) -> Tensor {
        let attended = x + attention(attentionNormalization?(x) ?? x, scope)
        return attended + feedForward(feedForwardNormalization(attended))
    }

    /// A gated linear unit (Shazeer, 2020).
    private func feedForward(_ x: Tensor) -> Tensor {
        let both = intermediate(x)
        let half = both.size(-1) / 2
        let (value, gate) = (both.narrow(2, start: 0, length: half), both.narrow(2, start: half, length: half))
        return output(dropout(activation(value) * gate))
    }
}

/// Self-attention over `[batch, length, d]` with rotary positions.
private final class RotaryAttention: LayerAttention {
    struct Scope {
        /// True where a token may be seen, `[batch or 1, 1, length or 1, length]`; nil where all may.
        let mask: Tensor?
        let positions: RotaryPositions
    }

    let queryKeyValue: Linear
    let output: Linear
    let outputDropout: Dropout
    private let headCount: Int

    init(_ configuration: ModernBertConfiguration) {
        let width = configuration.hiddenSize
        queryKeyValue = Linear(width, 3 * width, bias: configuration.attentionBias)
        output = Linear(width, width, bias: configuration.attentionBias)
        outputDropout = Dropout(configuration.attentionDropout)
        headCount = configuration.headCount
    }

    func callAsFunction(_ x: Tensor, _ scope: Scope) -> Tensor {
        let (all, width) = (queryKeyValue(x), x.size(2))
        let heads = (0..<3).map { all.narrow(2, start: $0 * width, length: width).splitIntoHeads(headCount) }
        let attended = Tensor.attention(
            query: scope.positions(heads[0]), key: scope.positions(heads[1]), value: heads[2], mask: scope.mask,
            dropout: isTraining ? outputDropout.probability : 0)
        return outputDropout(output(attended.joinedHeads()))
    }
}
