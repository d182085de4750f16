/// An affine map of the last dimension: `[…, inputs]` to `[…, outputs]`.
public final class Linear: Module {
    /// `[outputs, inputs]`
    public let weight: Tensor
    /// `[outputs]`
    public let bias: Tensor?

    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
        let bound = 1 / Double(max(inputs, 1)).squareRoot()
        weight = Initialization.uniform([outputs, inputs], bound: bound)
        self.bias = bias ? Initialization.uniform([outputs], bound: bound) : nil
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias) }
}
