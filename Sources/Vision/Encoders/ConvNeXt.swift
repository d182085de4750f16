import Torch

/// A ConvNeXt of either version: regions are the places of the last map as it is, the summary is their mean after the
/// last normalisation, which is the `pooler_output` of `transformers`.
final class ConvNeXt: Module, ImageEncoder {
    let configuration: ImageEncoderConfiguration
    let preprocessing: Preprocessing
    private let structure: ConvNeXtConfiguration
    let stem: Conv2d
    let stemNorm: LayerNorm
    let stages: [ConvNeXtStage]
    let lastNorm: LayerNorm

    /// A network with random weights.
    /// - Parameter published: the configuration that has this structure.
    init(_ structure: ConvNeXtConfiguration, as published: PublishedImageEncoder) {
        self.structure = structure
        configuration = .published(published)
        preprocessing = published.preprocessing
        stem = Conv2d(3, structure.widths[0], kernel: structure.patchSide, stride: structure.patchSide)
        stemNorm = LayerNorm(structure.widths[0], epsilon: ConvNeXtBlock.epsilon)
        stages = structure.widths.indices.map { ConvNeXtStage(structure, index: $0) }
        lastNorm = LayerNorm(structure.widths[structure.widths.count - 1], epsilon: structure.normalizationEpsilon)
    }

    var width: Int { structure.widths[structure.widths.count - 1] }
    var regionCount: Int {
        let side = structure.mapSide(for: preprocessing.geometry.cropSide)
        return side * side
    }

    func callAsFunction(_ pixels: Tensor) -> ImageFeatures {
        let start = stem(pixels.channelsLast()).normalizedChannels(by: stemNorm)
        let features = ImageFeatures(map: stages.reduce(start) { map, stage in stage(map) })
        return ImageFeatures(regions: features.regions, pooled: lastNorm(features.pooled))
    }

    /// The names of `transformers`, of the network alone or below a classifier, which is not used.
    var keyMap: KeyMap {
        let block = "encoder.stages.*.layers.*"
        let rows: [(pattern: String, target: String)] = [
            ("embeddings.patch_embeddings", "stem"),
            ("embeddings.layernorm", "stemNorm"),
            ("encoder.stages.*.downsampling_layer.0", "stages.*.norm"),
            ("encoder.stages.*.downsampling_layer.1", "stages.*.reduction"),
            ("\(block).dwconv", "stages.*.blocks.*.depthwise"),
            ("\(block).layernorm", "stages.*.blocks.*.norm"),
            ("\(block).pwconv1", "stages.*.blocks.*.widening"),
            ("\(block).grn", "stages.*.blocks.*.responseNorm"),
            ("\(block).pwconv2", "stages.*.blocks.*.narrowing"),
            ("\(block).layer_scale_parameter", "stages.*.blocks.*.scale"),
            ("layernorm", "lastNorm"),
        ]
        return KeyMap(
            ["", "\(structure.version.rawValue)."].flatMap { prefix in
                rows.map { (pattern: prefix + $0.pattern, target: KeyMap.Target.path($0.target)) }
            } + [("classifier", .unused)])
    }
}

/// Blocks on maps of one size; the stages after the first begin by halving it.
final class ConvNeXtStage: Module {
    let norm: LayerNorm?
    let reduction: Conv2d?
    let blocks: [ConvNeXtBlock]

    init(_ structure: ConvNeXtConfiguration, index: Int) {
        let width = structure.widths[index]
        let inputs = structure.widths[max(index - 1, 0)]
        norm = index > 0 ? LayerNorm(inputs, epsilon: ConvNeXtBlock.epsilon) : nil
        reduction = index > 0 ? Conv2d(inputs, width, kernel: 2, stride: 2) : nil
        blocks = (0..<structure.depths[index]).map { _ in ConvNeXtBlock(structure, width: width) }
    }

    func callAsFunction(_ map: Tensor) -> Tensor {
        let start = if let norm, let reduction { reduction(map.normalizedChannels(by: norm)) } else { map }
        return blocks.reduce(start) { map, block in block(map) }
    }
}

/// A wide convolution of each channel by itself, then a perceptron at each place, added to what came in.
final class ConvNeXtBlock: Module {
    /// The number that normalisation adds to the variance everywhere but in the summary.
    static let epsilon = 1e-6

    let depthwise: Conv2d
    let norm: LayerNorm
    let widening: Linear
    let responseNorm: ResponseNorm?
    let narrowing: Linear
    /// `[width]`; nil for 1.
    let scale: Tensor?
    private let activation: VisionActivation

    init(_ structure: ConvNeXtConfiguration, width: Int) {
        depthwise = Conv2d(width, width, kernel: 7, padding: 3, groups: width)
        norm = LayerNorm(width, epsilon: Self.epsilon)
        widening = Linear(width, 4 * width)
        responseNorm = structure.version == .second ? ResponseNorm(4 * width) : nil
        narrowing = Linear(4 * width, width)
        scale = structure.layerScale > 0 ? Initialization.constant([width], structure.layerScale) : nil
        activation = structure.activation
    }

    func callAsFunction(_ map: Tensor) -> Tensor {
        let places = norm(depthwise(map).permuted([0, 2, 3, 1]))
        let wide = activation(widening(places))
        let result = narrowing(responseNorm?(wide) ?? wide)
        return map + (scale.map { result * $0 } ?? result).permuted([0, 3, 1, 2])
    }
}

/// Global response normalisation (Woo et al., 2023) of `[batch, height, width, channels]`: a channel is weighed by how
/// strongly it responds to the whole picture, compared with the others.
final class ResponseNorm: Module {
    /// `[1, 1, 1, channels]`
    let weight: Tensor
    /// `[1, 1, 1, channels]`
    let bias: Tensor

    /// Starts as no change at all.
    init(_ channels: Int) {
        weight = Initialization.constant([1, 1, 1, channels], 0)
        bias = Initialization.constant([1, 1, 1, channels], 0)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let responses = x.squared().sum(1, 2, keepDimension: true).squareRoot()
        return weight * x * (responses / (responses.mean(-1, keepDimension: true) + 1e-6)) + bias + x
    }
}

extension Tensor {
    /// `[batch, channels, height, width]`, the channels of each place normalised.
    fileprivate func normalizedChannels(by norm: LayerNorm) -> Tensor {
        norm(permuted([0, 2, 3, 1])).permuted([0, 3, 1, 2])
    }
}
