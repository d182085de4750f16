import Torch

/// The sizes of a layer.
struct LayerStructure {
    /// d: the width of hidden states.
    var width: Int
    /// The number of attention heads; divides `width`.
    var headCount: Int
    /// The width inside the feed-forward network.
    var intermediateWidth: Int
    /// The activation inside the feed-forward network.
    var activation: FeedForwardActivation
    /// The number that layer normalisation adds to the variance.
    var normalizationEpsilon: Double
    /// The share of attention weights dropped in training.
    var attentionDropout: Double
    /// The share of the attention's output dropped in training.
    var attendedDropout: Double
    /// The share of the feed-forward network's output dropped in training.
    var outputDropout: Double
}

/// A layer's attention: `[batch, length, d]` to the same.
protocol LayerAttention: Module {
    /// What all layers of a network are given beside their input.
    associatedtype Scope

    func callAsFunction(_ x: Tensor, _ scope: Scope) -> Tensor
}

/// One encoder layer: attention, then the feed-forward network, each added to its input and normalised (Vaswani et al.,
/// 2017).
final class PostNormLayer<Attention: LayerAttention>: Module {
    let attention: Attention
    let attentionNormalization: LayerNorm
    let intermediate: Linear
    let output: Linear
    let outputNormalization: LayerNorm
    let attendedDropout: Dropout
    let outputDropout: Dropout
    private let activation: FeedForwardActivation

    init(_ structure: LayerStructure, attention: Attention) {
        let width = structure.width
        self.attention = attention
        attentionNormalization = LayerNorm(width, epsilon: structure.normalizationEpsilon)
        intermediate = Linear(width, structure.intermediateWidth)
        output = Linear(structure.intermediateWidth, width)
        outputNormalization = LayerNorm(width, epsilon: structure.normalizationEpsilon)
        attendedDropout = Dropout(structure.attendedDropout)
        outputDropout = Dropout(structure.outputDropout)
        activation = structure.activation
    }

    func callAsFunction(_ x: Tensor, _ scope: Attention.Scope) -> Tensor {
        let attended = attentionNormalization(attendedDropout(attention(x, scope)) + x)
        return outputNormalization(outputDropout(output(activation(intermediate, attended))) + attended)
    }
}

/// Self-attention over `[batch, length, d]`.
final class SelfAttention: LayerAttention {
    /// What the tokens of a batch see of each other.
    struct Scope {
        /// True where a token may be seen, `[batch, 1, 1, length]`; nil where all may.
        var mask: Tensor?
        /// Added to the scores, `[1, heads, length, length]`.
        var bias: Tensor?

        /// - Parameter attentionMask: `[batch, length]`
        init(attentionMask: Tensor?, bias: Tensor? = nil) {
            mask = attentionMask?.unsqueezed(1).unsqueezed(1)
            self.bias = bias
        }
    }

    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    private let headCount: Int
    private let dropout: Double

    init(_ structure: LayerStructure) {
        let width = structure.width
        query = Linear(width, width)
        key = Linear(width, width)
        value = Linear(width, width)
        output = Linear(width, width)
        headCount = structure.headCount
        dropout = structure.attentionDropout
    }

    func callAsFunction(_ x: Tensor, _ scope: Scope) -> Tensor {
        let heads = Linear.outputs(of: [query, key, value], for: x).map { $0.splitIntoHeads(headCount) }
        let attended = Tensor.attention(
            query: heads[0], key: heads[1], value: heads[2], mask: scope.mask, bias: scope.bias,
            dropout: isTraining ? dropout : 0)
        return output(attended.joinedHeads())
    }
}
