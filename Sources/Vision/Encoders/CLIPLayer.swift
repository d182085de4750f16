import Torch

/// A transformer layer that normalises before each of its two parts: `[batch, tokens, width]` to the same.
final class CLIPLayer: Module {
    let attentionNorm: LayerNorm
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let innerNorm: LayerNorm
    let widening: Linear
    let narrowing: Linear
    private let headCount: Int

    init(_ configuration: CLIPVisionTower.Configuration) {
        let width = configuration.width
        headCount = configuration.headCount
        attentionNorm = LayerNorm(width)
        query = Linear(width, width)
        key = Linear(width, width)
        value = Linear(width, width)
        output = Linear(width, width)
        innerNorm = LayerNorm(width)
        widening = Linear(width, configuration.innerWidth)
        narrowing = Linear(configuration.innerWidth, width)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let attended = x + attention(attentionNorm(x))
        return attended + narrowing(widening(innerNorm(attended)).quickGELU())
    }

    private func attention(_ x: Tensor) -> Tensor {
        let (batch, tokens, width) = (x.size(0), x.size(1), x.size(2))
        func heads(_ x: Tensor) -> Tensor {
            x.reshaped([batch, tokens, headCount, width / headCount]).transposed(1, 2)
        }
        let result = Tensor.attention(query: heads(query(x)), key: heads(key(x)), value: heads(value(x)))
        return output(result.transposed(1, 2).reshaped([batch, tokens, width]))
    }
}

extension Tensor {
    /// The approximation of GELU that CLIP was trained with: `x * sigmoid(1.702 x)`.
    func quickGELU() -> Tensor { self * (self * 1.702).sigmoid() }
}
