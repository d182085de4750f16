import Torch

/// A vision transformer of any family of ``VisionTransformerConfiguration``: regions are its patches.
///
/// | family | regions | summary |
/// |---|---|---|
/// | CLIP | patches of the last layer as they are | class token after the last normalisation, before the projection |
/// | SigLIP | patches after the last normalisation | its attention over them; their mean where there is none |
/// | DINOv2 | patches after the last normalisation, registers left out | class token after it |
/// | ViT | patches after the last normalisation | class token after it; `pooler` is not used |
///
/// The order of computation is that of `transformers`.
package final class VisionTransformer: Module, ImageEncoder {
    package let configuration: ImageEncoderConfiguration
    package let preprocessing: Preprocessing
    private let structure: VisionTransformerConfiguration
    /// `[width]`, or `[1, 1, width]`; nil for a SigLIP.
    let classEmbedding: Tensor?
    let patchEmbedding: Conv2d
    let positionEmbedding: PositionTable
    /// `[1, registers, width]`
    let registers: Tensor?
    let firstNorm: LayerNorm?
    let layers: [VisionTransformerLayer]
    let lastNorm: LayerNorm
    let pooling: AttentionPooling?

    /// A network with random weights.
    /// - Parameters:
    ///   - configuration: the configuration that has this structure.
    ///   - preprocessing: the pictures that the network looks at.
    package init(
        _ structure: VisionTransformerConfiguration, as configuration: ImageEncoderConfiguration,
        preprocessing: Preprocessing
    ) {
        self.structure = structure
        self.configuration = configuration
        self.preprocessing = preprocessing
        let (family, width) = (structure.family, structure.width)
        let deviation = 1 / Double(width).squareRoot()
        classEmbedding =
            family.hasClassToken
            ? Initialization.normal(family.hasBatchDimension ? [1, 1, width] : [width], deviation: deviation) : nil
        patchEmbedding = Conv2d(
            3, width, kernel: structure.patchSide, stride: structure.patchSide, bias: family.hasPatchBias)
        positionEmbedding = PositionTable(structure, pictureSide: preprocessing.geometry.cropSide)
        registers =
            structure.registerCount > 0
            ? Initialization.normal([1, structure.registerCount, width], deviation: deviation) : nil
        firstNorm = family.normalizesFirst ? LayerNorm(width, epsilon: structure.normalizationEpsilon) : nil
        layers = (0..<structure.layerCount).map { _ in VisionTransformerLayer(structure) }
        lastNorm = LayerNorm(width, epsilon: structure.normalizationEpsilon)
        pooling = family == .siglip && structure.poolsByAttention ? AttentionPooling(structure) : nil
    }

    package var width: Int { structure.width }
    package var regionCount: Int {
        let patchesAcross = preprocessing.geometry.cropSide / structure.patchSide
        return patchesAcross * patchesAcross
    }

    package func callAsFunction(_ pixels: Tensor) -> ImageFeatures {
        let start = tokens(pixels)
        let states = layers.reduce(firstNorm?(start) ?? start) { states, layer in layer(states) }
        let regions = states.narrow(1, start: states.size(1) - regionCount, length: regionCount)
        guard structure.family.hasClassToken else {
            let patches = lastNorm(regions)
            return ImageFeatures(regions: patches, pooled: pooling?(patches) ?? patches.mean(1))
        }
        let pooled = lastNorm(states.select(1, 0))
        return ImageFeatures(regions: firstNorm == nil ? lastNorm(regions) : regions, pooled: pooled)
    }

    /// The tokens before the first layer, `[batch, tokens, width]`: class token, registers, patches.
    private func tokens(_ pixels: Tensor) -> Tensor {
        let batch = pixels.size(0)
        let patches = patchEmbedding(pixels).reshaped([batch, width, regionCount]).transposed(1, 2)
        guard let classEmbedding else { return patches + positionEmbedding() }
        let first = classEmbedding.expanded([batch, 1, width])
        let placed = Tensor.concatenated([first, patches], 1) + positionEmbedding()
        guard let registers else { return placed }
        return .concatenated(
            [
                placed.narrow(1, start: 0, length: 1), registers.expanded([batch, structure.registerCount, width]),
                placed.narrow(1, start: 1, length: regionCount),
            ], 1)
    }

    package var keyMap: KeyMap { structure.family.keyMap }
}
