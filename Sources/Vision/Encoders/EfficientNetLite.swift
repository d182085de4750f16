import Torch

/// An EfficientNet-Lite (Tan and Le, 2019; the variants for phones) up to its last map.
///
/// Against EfficientNet they have no squeeze-and-excitation, and ReLU6 in place of swish; stem and head are as wide in
/// all sizes. Zeros are padded as TensorFlow does, in which they were trained. The classifier after the map is not part of
/// it; see ``ImageClassifier``.
package final class EfficientNetLite: Module, ImageEncoder {
    /// The published sizes that are known here.
    package enum Size: Sendable, CaseIterable {
        /// 224 x 224 pixels to 7 x 7 regions.
        case lite0
        /// 260 x 260 pixels to 9 x 9 regions.
        case lite2

        /// The factor of the number of channels.
        var widthFactor: Double { self == .lite0 ? 1 : 1.1 }
        /// The factor of the number of blocks in a stage.
        var depthFactor: Double { self == .lite0 ? 1 : 1.2 }
        /// The side of the pictures in pixels.
        var pictureSide: Int { self == .lite0 ? 224 : 260 }

        /// The stages of this size; the first and the last keep their number of blocks.
        fileprivate var stages: [Stage] {
            let stages = Stage.lite0
            return stages.enumerated().map { index, stage in
                var stage = stage
                if index > 0, index < stages.count - 1 {
                    stage.blockCount = Int((Double(stage.blockCount) * depthFactor).rounded(.up))
                }
                stage.outputs = Self.eights(Double(stage.outputs) * widthFactor)
                return stage
            }
        }

        /// The number of blocks.
        var blockCount: Int { stages.reduce(0) { $0 + $1.blockCount } }

        /// The multiple of 8 that is nearest to a number, unless more than a tenth is lost.
        private static func eights(_ count: Double) -> Int {
            let nearest = max(8, Int(count + 4) / 8 * 8)
            return Double(nearest) < 0.9 * count ? nearest + 8 : nearest
        }
    }

    /// Blocks of one kind.
    fileprivate struct Stage {
        var blockCount: Int
        let kernel: Int
        /// Of the first block.
        let stride: Int
        /// The factor of the inner channels.
        let expansion: Int
        var outputs: Int

        static let lite0 = [
            (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
            (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
        ].map { Stage(blockCount: $0, kernel: $1, stride: $2, expansion: $3, outputs: $4) }
    }

    let stem: ConvolutionNorm
    let blocks: [InvertedResidual]
    let head: ConvolutionNorm
    private let size: Size

    /// A network with random weights.
    package init(_ size: Size) {
        self.size = size
        stem = ConvolutionNorm(3, 32, kernel: 3, stride: 2, padding: .same, epsilon: InvertedResidual.epsilon)
        var blocks: [InvertedResidual] = []
        var inputs = 32
        for stage in size.stages {
            for index in 0..<stage.blockCount {
                blocks.append(
                    InvertedResidual(
                        inputs: inputs, outputs: stage.outputs, expansion: stage.expansion, kernel: stage.kernel,
                        stride: index == 0 ? stage.stride : 1))
                inputs = stage.outputs
            }
        }
        self.blocks = blocks
        head = ConvolutionNorm(inputs, 1280, kernel: 1, epsilon: InvertedResidual.epsilon)
    }

    package var configuration: ImageEncoderConfiguration {
        .named(size == .lite0 ? .efficientNetLite0 : .efficientNetLite2)
    }
    package var preprocessing: Preprocessing { .efficientNetLite(side: size.pictureSide) }
    package var width: Int { 1280 }
    package var regionCount: Int {
        let side = (size.pictureSide + 31) / 32
        return side * side
    }

    package func callAsFunction(_ pixels: Tensor) -> ImageFeatures {
        let start = stem(pixels.channelsLast()).relu6()
        let map = blocks.reduce(start) { map, block in block(map) }
        return ImageFeatures(map: head(map).relu6())
    }

    /// The names of the package `efficientnet_lite_pytorch`; `_fc`, the classifier, is not used.
    package var keyMap: KeyMap {
        let block = "_blocks.*"
        return KeyMap(
            ConvolutionNorm.keys(convolution: "_conv_stem", norm: "_bn0", path: "stem")
                + ConvolutionNorm.keys(
                    convolution: "\(block)._expand_conv", norm: "\(block)._bn0", path: "blocks.*.expansion")
                + ConvolutionNorm.keys(
                    convolution: "\(block)._depthwise_conv", norm: "\(block)._bn1", path: "blocks.*.depthwise")
                + ConvolutionNorm.keys(
                    convolution: "\(block)._project_conv", norm: "\(block)._bn2", path: "blocks.*.projection")
                + ConvolutionNorm.keys(convolution: "_conv_head", norm: "_bn1", path: "head")
                + [("_fc", .unused)])
    }
}

/// A block that widens its channels, convolves each by itself, and narrows them again (Sandler et al., 2018).
final class InvertedResidual: Module {
    /// TensorFlow's epsilon for batch normalisation.
    static let epsilon = 1e-3

    let expansion: ConvolutionNorm?
    let depthwise: ConvolutionNorm
    let projection: ConvolutionNorm
    private let isResidual: Bool

    init(inputs: Int, outputs: Int, expansion: Int, kernel: Int, stride: Int) {
        let inner = inputs * expansion
        self.expansion = expansion > 1 ? ConvolutionNorm(inputs, inner, kernel: 1, epsilon: Self.epsilon) : nil
        depthwise = ConvolutionNorm(
            inner, inner, kernel: kernel, stride: stride, padding: .same, groups: inner, epsilon: Self.epsilon)
        projection = ConvolutionNorm(inner, outputs, kernel: 1, epsilon: Self.epsilon)
        isResidual = stride == 1 && inputs == outputs
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let wide = expansion?(x).relu6() ?? x
        let result = projection(depthwise(wide).relu6())
        return isResidual ? result + x : result
    }
}

extension Tensor {
    /// The rectifier that ends at 6.
    func relu6() -> Tensor { clamped(to: 0...6) }
}
