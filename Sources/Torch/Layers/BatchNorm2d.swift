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

    public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
        weight = Initialization.constant([channels], 1)
        bias = Initialization.constant([channels], 0)
        runningMean = Buffer(.zeros([channels]))
        runningVariance = Buffer(.ones([channels]))
        self.epsilon = epsilon
        self.momentum = momentum
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.batchNorm(
            weight, bias, mean: runningMean.tensor, variance: runningVariance.tensor, training: isTraining,
            momentum: momentum, epsilon: epsilon)
    }
}
