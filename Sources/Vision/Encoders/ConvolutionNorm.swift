import Torch

/// A convolution without bias and the batch normalisation after it: `[batch, inputs, height, width]` to
/// `[batch, outputs, height / stride, width / stride]`, with sizes rounded up.
///
/// While training, the two are computed one after the other. In use, the normalisation is an affine map with constant
/// factors, so it is multiplied into the convolution's weights: a pass over the weights instead of one over the pixels.
final class ConvolutionNorm: Module {
    /// The zeros round a picture with which a convolution of stride 1 keeps its size.
    enum Padding {
        /// By half a kernel on all sides, as in PyTorch's networks.
        case symmetric
        /// By as little as the stride allows, the odd row and column last, as in TensorFlow's `SAME`.
        case same
    }

    /// `[outputs, inputs / groups, kernel, kernel]`
    let weight: Tensor
    let norm: BatchNorm2d
    private let kernel: Int
    private let stride: Int
    private let padding: Padding
    private let groups: Int
    private let epsilon: Double

    init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Padding = .symmetric, groups: Int = 1,
        epsilon: Double = 1e-5
    ) {
        // Keeps the variance of rectified signals (He et al., 2015).
        let deviation = (2 / Double(outputs / groups * kernel * kernel)).squareRoot()
        weight = Initialization.normal([outputs, inputs / groups, kernel, kernel], deviation: deviation)
        norm = BatchNorm2d(outputs, epsilon: epsilon)
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
        self.epsilon = epsilon
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        if isTraining { return norm(convolved(x, weight)) }
        let factor = norm.weight / (norm.runningVariance.tensor + epsilon).squareRoot()
        let bias = norm.bias - norm.runningMean.tensor * factor
        return convolved(x, weight * factor.reshaped([-1, 1, 1, 1]), bias)
    }

    private func convolved(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        switch padding {
        case .same where stride > 1:
            let columns = sameAmounts(x.size(-1))
            let rows = sameAmounts(x.size(-2))
            return x.padded(columns + rows).conv2d(weight, bias, stride: stride, groups: groups)
        case .same, .symmetric:
            return x.conv2d(weight, bias, stride: stride, padding: kernel / 2, groups: groups)
        }
    }

    /// The zeros before and after a row of `size` pixels.
    private func sameAmounts(_ size: Int) -> [Int] {
        let outputSize = (size + stride - 1) / stride
        let total = max((outputSize - 1) * stride + kernel - size, 0)
        return [total / 2, total - total / 2]
    }

    /// The rows of a key map that name this module's parameters as PyTorch does: a convolution and a norm.
    static func keys(
        convolution: String, norm: String, path: String
    ) -> [(pattern: String, target: KeyMap.Target)] {
        [
            (convolution, .path(path)),
            (norm, .path("\(path).norm")),
            ("\(norm).running_mean", .path("\(path).norm.runningMean")),
            ("\(norm).running_var", .path("\(path).norm.runningVariance")),
            ("\(norm).num_batches_tracked", .unused),
        ]
    }
}
