import Torch

/// Residual blocks on maps of one size, of which the first may halve it.
final class ResNetStage: Module {
    let blocks: [ResNetBlock]

    init(inputs: Int, width: Int, depth: ResNet.Depth, blockCount: Int, stride: Int) {
        blocks = (0..<blockCount).map { index in
            ResNetBlock(
                inputs: index == 0 ? inputs : width * depth.expansion, width: width, depth: depth,
                stride: index == 0 ? stride : 1)
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        blocks.reduce(x) { map, block in block(map) }
    }
}

/// Convolutions whose result is added to their input.
final class ResNetBlock: Module {
    let convolutions: [ConvolutionNorm]
    /// Brings the input to the size and channels of the result, where they differ.
    let shortcut: ConvolutionNorm?

    init(inputs: Int, width: Int, depth: ResNet.Depth, stride: Int) {
        let outputs = width * depth.expansion
        let kernels = depth.kernels
        // The stride is in the first convolution that sees neighbours.
        let stridden = kernels.firstIndex(of: 3)
        convolutions = kernels.indices.map { index in
            ConvolutionNorm(
                index == 0 ? inputs : width, index == kernels.count - 1 ? outputs : width, kernel: kernels[index],
                stride: index == stridden ? stride : 1)
        }
        shortcut =
            stride == 1 && inputs == outputs
            ? nil : ConvolutionNorm(inputs, outputs, kernel: 1, stride: stride)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var result = x
        for (index, convolution) in convolutions.enumerated() {
            result = index == 0 ? convolution(x) : convolution(result.relu())
        }
        return (result + (shortcut?(x) ?? x)).relu()
    }
}
