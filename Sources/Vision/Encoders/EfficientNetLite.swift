import Torch

/// EfficientNet-Lite0 (Tan and Le, 2019; the variant for phones) up to its last map: 224 x 224 pixels to 7 x 7 regions.
///
/// Against EfficientNet-B0 it has no squeeze-and-excitation, and ReLU6 in place of swish. Zeros are padded as
/// TensorFlow does, in which it was trained. The classifier after the map is not part of it; see ``ImageClassifier``.
package final class EfficientNetLite0: Module, ImageEncoder {
    /// The stages: blocks, kernel, stride of the first block, expansion of the inner channels, outputs.
    private static let stages: [(blockCount: Int, kernel: Int, stride: Int, expansion: Int, outputs: Int)] = [
        (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    ]

    let stem: ConvolutionNorm
    let blocks: [InvertedResidual]
    let head: ConvolutionNorm

    /// A network with random weights.
    package init() {
        stem = ConvolutionNorm(3, 32, kernel: 3, stride: 2, padding: .same, epsilon: InvertedResidual.epsilon)
        var blocks: [InvertedResidual] = []
        var inputs = 32
        for stage in Self.stages {
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

    package var identifier: String { "efficientnet-lite0" }
    package var preprocessing: Preprocessing { .efficientNetLite0 }
    package var width: Int { 1280 }
    package var regionCount: Int { 49 }

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
