import Torch

/// The summary of a SigLIP: a learnt query looks at all patches (Zhai et al., 2022), `[batch, patches, width]` to
/// `[batch, width]`.
final class AttentionPooling: Module {
    /// `[1, 1, width]`
    let probe: Tensor
    /// Queries, keys and values, one behind the other.
    let input: Linear
    let output: Linear
    let norm: LayerNorm
    let widening: Linear
    let narrowing: Linear
    private let headCount: Int
    private let activation: VisionActivation

    init(_ structure: VisionTransformerConfiguration) {
        let width = structure.width
        headCount = structure.headCount
        activation = structure.activation
        probe = Initialization.normal([1, 1, width], deviation: 1 / Double(width).squareRoot())
        input = Linear(width, 3 * width)
        output = Linear(width, width)
        norm = LayerNorm(width, epsilon: structure.normalizationEpsilon)
        widening = Linear(width, structure.innerWidth)
        narrowing = Linear(structure.innerWidth, width)
    }

    func callAsFunction(_ patches: Tensor) -> Tensor {
        let width = patches.size(2)
        func part(_ index: Int, of x: Tensor) -> Tensor { x.narrow(-1, start: index * width, length: width) }
        let projected = input(patches)
        let query = part(0, of: input(probe)).expanded([patches.size(0), 1, width])
        let attended = output(
            .attention(query: query, key: part(1, of: projected), value: part(2, of: projected), headCount: headCount))
        return (attended + narrowing(activation(widening(norm(attended))))).select(1, 0)
    }
}
