import Torch

/// The largest of several affine maps, normalised: `[…, inputs]` to `[…, outputs]` (Goodfellow et al., 2013).
final class Maxout: Module {
    /// All maps in one, piece after piece: weight `[pieces · outputs, inputs]`.
    let linear: Linear
    let norm: LayerNorm
    private let pieces: Int
    private let outputs: Int

    init(_ inputs: Int, _ outputs: Int, pieces: Int) {
        linear = Linear(inputs, pieces * outputs)
        norm = LayerNorm(outputs, epsilon: 1e-8)
        self.pieces = pieces
        self.outputs = outputs
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let maps = linear(x)
        let piece = { maps.narrow(-1, start: $0 * self.outputs, length: self.outputs) }
        return norm((1..<pieces).reduce(piece(0)) { Tensor.maximum($0, piece($1)) })
    }
}
