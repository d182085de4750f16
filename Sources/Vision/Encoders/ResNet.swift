import Torch

/// A residual network (He et al., 2016) up to its last map: 224 x 224 pixels to 7 x 7 regions.
///
/// Layer by layer it is torchvision's, whose weight files it loads; in the deep ones the stride is in the 3 x 3
/// convolution. The classifier after the map is not part of it.
public final class ResNet: Module, ImageEncoder {
    /// The published sizes, by the number of layers.
    public enum Depth: Int, Sendable, CaseIterable {
        case layers18 = 18
        case layers34 = 34
        case layers50 = 50
        case layers101 = 101
        case layers152 = 152

        /// The number of blocks of each of the four stages.
        var blockCounts: [Int] {
            switch self {
            case .layers18: [2, 2, 2, 2]
            case .layers34, .layers50: [3, 4, 6, 3]
            case .layers101: [3, 4, 23, 3]
            case .layers152: [3, 8, 36, 3]
            }
        }

        /// The kernels of a block's convolutions: two of 3 x 3, or a bottleneck.
        var kernels: [Int] { rawValue < 50 ? [3, 3] : [1, 3, 1] }
        /// The factor by which the channels that leave a block outnumber its inner ones.
        var expansion: Int { rawValue < 50 ? 1 : 4 }
    }

    let stem: ConvolutionNorm
    let stages: [ResNetStage]
    /// The number of layers.
    public let depth: Depth

    /// A network with random weights.
    public init(_ depth: Depth) {
        self.depth = depth
        stem = ConvolutionNorm(3, 64, kernel: 7, stride: 2)
        var stages: [ResNetStage] = []
        var inputs = 64
        for (index, blockCount) in depth.blockCounts.enumerated() {
            let stage = ResNetStage(
                inputs: inputs, width: 64 << index, depth: depth, blockCount: blockCount, stride: index == 0 ? 1 : 2)
            stages.append(stage)
            inputs = (64 << index) * depth.expansion
        }
        self.stages = stages
    }

    public var configuration: ImageEncoderConfiguration { .named(.resNet(depth)) }
    public var preprocessing: Preprocessing { .imageNet }
    public var width: Int { 512 * depth.expansion }
    public var regionCount: Int { 49 }

    public func callAsFunction(_ pixels: Tensor) -> ImageFeatures {
        let start = stem(pixels.channelsLast()).relu().maxPool2d(kernel: 3, stride: 2, padding: 1)
        return ImageFeatures(map: stages.reduce(start) { map, stage in stage(map) })
    }

    /// torchvision's names; `fc`, the classifier, is not used.
    public var keyMap: KeyMap {
        var rows = ConvolutionNorm.keys(convolution: "conv1", norm: "bn1", path: "stem")
        for stage in 0..<4 {
            let (block, path) = ("layer\(stage + 1).*", "stages.\(stage).blocks.*")
            for index in depth.kernels.indices {
                rows += ConvolutionNorm.keys(
                    convolution: "\(block).conv\(index + 1)", norm: "\(block).bn\(index + 1)",
                    path: "\(path).convolutions.\(index)")
            }
            rows += ConvolutionNorm.keys(
                convolution: "\(block).downsample.0", norm: "\(block).downsample.1", path: "\(path).shortcut")
        }
        return KeyMap(rows + [("fc", .unused)])
    }
}

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
