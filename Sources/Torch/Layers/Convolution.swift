/// Two-dimensional convolution with a square kernel: `[batch, inputs, height, width]` to `[batch, outputs, …, …]`.
public final class Conv2d: Module {
    /// `[outputs, inputs / groups, kernel, kernel]`
    public let weight: Tensor
    /// `[outputs]`
    public let bias: Tensor?
    private let stride: Int
    private let padding: Int
    private let groups: Int

    /// Draws weight and bias uniformly from ±1/√(inputs of an output), as PyTorch does.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
        bias: Bool = true
    ) {
        let bound = 1 / Double(inputs / groups * kernel * kernel).squareRoot()
        weight = Initialization.uniform([outputs, inputs / groups, kernel, kernel], bound: bound)
        self.bias = bias ? Initialization.uniform([outputs], bound: bound) : nil
        self.stride = stride
        self.padding = padding
        self.groups = groups
    }

    /// `[batch, inputs, height, width]` to `[batch, outputs, …, …]`
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.conv2d(weight, bias, stride: stride, padding: padding, groups: groups)
    }
}
