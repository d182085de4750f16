/// Layer normalisation over the last dimension (Ba et al., 2016).
public final class LayerNorm: Module {
    /// `[width]`
    public let weight: Tensor
    /// `[width]`
    public let bias: Tensor
    private let epsilon: Double

    public init(_ width: Int, epsilon: Double = 1e-5) {
        weight = Initialization.constant([width], 1)
        bias = Initialization.constant([width], 0)
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(weight, bias, epsilon: epsilon) }
}
