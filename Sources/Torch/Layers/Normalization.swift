/// Layer normalisation over the last dimension (Ba et al., 2016).
public final class LayerNorm: Module {
    /// `[width]`
    public let weight: Tensor
    /// `[width]`
    public let bias: Tensor?
    private let epsilon: Double

    /// Starts as plain normalisation: weight 1, bias 0 or none.
    public init(_ width: Int, epsilon: Double = 1e-5, bias: Bool = true) {
        weight = Initialization.constant([width], 1)
        self.bias = bias ? Initialization.constant([width], 0) : nil
        self.epsilon = epsilon
    }

    /// `[…, width]` to the same.
    public func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(weight, bias, epsilon: epsilon) }
}

/// Batch normalisation of each channel of `[batch, channels, height, width]` (Ioffe and Szegedy, 2015).
public final class BatchNorm2d: Module {
    /// `[channels]`
    public let weight: Tensor
    /// `[channels]`
    public let bias: Tensor
    /// `[channels]`
    public let runningMean: Buffer
    /// `[channels]`
    public let runningVariance: Buffer
    private let epsilon: Double
    private let momentum: Double

    /// Starts as plain normalisation: weight 1, bias 0.
    /// - Parameter momentum: the weight of a batch's statistics in the running ones.
    public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
        weight = Initialization.constant([channels], 1)
        bias = Initialization.constant([channels], 0)
        runningMean = Initialization.buffer([channels], 0)
        runningVariance = Initialization.buffer([channels], 1)
        self.epsilon = epsilon
        self.momentum = momentum
    }

    /// `[batch, channels, height, width]` to the same, by the batch's statistics in ``withTrainingMode(_:_:)``, which
    /// the running ones then learn, else by the running ones.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.batchNorm(
            weight, bias, mean: runningMean.tensor, variance: runningVariance.tensor, training: isTraining,
            momentum: momentum, epsilon: epsilon)
    }
}
