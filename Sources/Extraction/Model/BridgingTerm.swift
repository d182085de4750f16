import Torch

/// The bridging term B, which the words of the context have in common (Eq. 8).
///
/// The paper averages the rows of CᵀC / √D; CᵀC itself, D x D an item, is never formed.
package struct BridgingTerm {
    /// `[batch, D]`
    package let vector: Tensor

    /// - Parameter context: C, `[batch, pieces, D]`, with rows of 0 where there is no piece.
    package init(context: Tensor) {
        let width = Double(context.size(-1))
        let context = context.to(.float32)
        let sums = context.sum(-1, keepDimension: true)
        vector = context.transposed().matmul(sums).squeezed(-1) / (width * width.squareRoot())
    }
}

/// The gate through which a query or key takes over the bridging term (Eq. 9 and 10).
package final class BridgingGate: Module {
    /// `[D, 2D]`: the first half meets the query or key, the second the bridging term.
    package let weight: Tensor
    /// `[D]`
    package let bias: Tensor

    package init(width: Int) {
        let bound = 1 / Double(2 * width).squareRoot()
        weight = Initialization.uniform([width, 2 * width], bound: bound)
        bias = Initialization.uniform([width], bound: bound)
    }

    /// `g * x + (1 - g) * B` with `g = tanh(Linear([x ; B]))`, and `x` itself where there is no context.
    /// - Parameters:
    ///   - x: `[batch, n, D]`
    ///   - bridge: B, computed once an item.
    ///   - hasContext: `[batch, 1, 1]`, or nil where all items have one.
    func callAsFunction(_ x: Tensor, bridge: BridgingTerm, hasContext: Tensor?) -> Tensor {
        let width = x.size(-1)
        let own = x.linear(weight.narrow(1, start: 0, length: width))
        let shared = bridge.vector.linear(weight.narrow(1, start: width, length: width), bias).unsqueezed(1)
        let vector = bridge.vector.unsqueezed(1)
        let gated = vector + (own + shared).tanh() * (x - vector)
        return hasContext.map { Tensor.choose($0, gated, x.to(gated.dtype)) } ?? gated
    }
}
