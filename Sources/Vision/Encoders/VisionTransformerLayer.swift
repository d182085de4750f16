import Torch

/// A transformer layer that normalises before each of its two parts: `[batch, tokens, width]` to the same.
final class VisionTransformerLayer: Module {
    let attentionNorm: LayerNorm
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    /// `[width]`, the factors of what comes of attention; nil for 1.
    let attentionScale: Tensor?
    let innerNorm: LayerNorm
    /// To `innerWidth`; for SwiGLU to twice as many, of which the first half opens the second.
    let widening: Linear
    let narrowing: Linear
    /// `[width]`, the factors of what comes of the feed-forward part; nil for 1.
    let innerScale: Tensor?
    private let headCount: Int
    /// Nil for SwiGLU.
    private let activation: VisionActivation?

    init(_ structure: VisionTransformerConfiguration) {
        let (width, epsilon) = (structure.width, structure.normalizationEpsilon)
        let hasScale = structure.family.hasLayerScale
        headCount = structure.headCount
        activation = structure.isGated ? nil : structure.activation
        attentionNorm = LayerNorm(width, epsilon: epsilon)
        query = Linear(width, width, bias: structure.attentionBias)
        key = Linear(width, width, bias: structure.attentionBias)
        value = Linear(width, width, bias: structure.attentionBias)
        output = Linear(width, width)
        attentionScale = hasScale ? Initialization.constant([width], 1) : nil
        innerNorm = LayerNorm(width, epsilon: epsilon)
        widening = Linear(width, structure.isGated ? 2 * structure.innerWidth : structure.innerWidth)
        narrowing = Linear(structure.innerWidth, width)
        innerScale = hasScale ? Initialization.constant([width], 1) : nil
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let attended = x + scaled(attention(attentionNorm(x)), attentionScale)
        return attended + scaled(feedForward(innerNorm(attended)), innerScale)
    }

    private func scaled(_ x: Tensor, _ factors: Tensor?) -> Tensor { factors.map { x * $0 } ?? x }

    private func attention(_ x: Tensor) -> Tensor {
        output(.attention(query: query(x), key: key(x), value: value(x), headCount: headCount))
    }

    private func feedForward(_ x: Tensor) -> Tensor {
        let wide = widening(x)
        guard let activation else {
            let length = wide.size(-1) / 2
            let gate = wide.narrow(-1, start: 0, length: length)
            return narrowing(VisionActivation.silu(gate) * wide.narrow(-1, start: length, length: length))
        }
        return narrowing(activation(wide))
    }
}

extension Tensor {
    /// Attention of several heads: queries `[batch, n, width]`, keys and values `[batch, m, width]`, of which each head has
    /// an equal share; `[batch, n, width]`.
    static func attention(query: Tensor, key: Tensor, value: Tensor, headCount: Int) -> Tensor {
        Tensor.attention(
            query: query.splitIntoHeads(headCount), key: key.splitIntoHeads(headCount),
            value: value.splitIntoHeads(headCount)
        ).joinedHeads()
    }
}
