import Torch

/// What only tests ask of a tensor, made of what the engine has.
extension Tensor {
    /// The same elements in memory of their own, cut off from the gradient graph.
    public func cloned() -> Tensor {
        let copy = Tensor.empty(shape, dtype: dtype, device: device)
        copy.copy(from: self)
        return copy
    }

    /// The slices along a dimension in the opposite order.
    public func flipped(_ dimension: Int) -> Tensor {
        let order = Array((0..<size(dimension)).reversed())
        return indexSelect(dimension, Tensor(order, shape: [order.count]).to(device))
    }

    /// The elements as truth values in row-major order.
    public func bools() -> [Bool] { bytes().map { $0 != 0 } }
}
