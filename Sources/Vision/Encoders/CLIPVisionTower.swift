import Torch

/// CLIP's image tower (Radford et al., 2021), a vision transformer: regions are its patches, the summary is its class
/// token after the last normalisation. Names and order of computation are those of `transformers`' `CLIPVisionModel`.
package final class CLIPVisionTower: Module, ImageEncoder {
    /// The sizes of a tower.
    package struct Configuration: Sendable, Hashable {
        /// The length of a token's vector.
        package var width = 768
        /// The number of transformer layers.
        package var layerCount = 12
        /// The number of attention heads.
        package var headCount = 12
        /// The length of the vectors inside a layer's feed-forward part.
        package var innerWidth = 3072
        /// The side of a patch in pixels.
        package var patchSide = 32
        /// The side of the pictures in pixels.
        package var pictureSide = 224

        /// ViT-B/32.
        package init() {}
    }

    /// The sizes.
    package let configuration: Configuration
    /// `[width]`
    let classEmbedding: Tensor
    let patchEmbedding: Conv2d
    let positionEmbedding: Embedding
    let firstNorm: LayerNorm
    let layers: [CLIPLayer]
    let lastNorm: LayerNorm

    /// A tower with random weights.
    package init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let width = configuration.width
        let patchesAcross = configuration.pictureSide / configuration.patchSide
        classEmbedding = Initialization.normal([width], deviation: 1 / Double(width).squareRoot())
        patchEmbedding = Conv2d(
            3, width, kernel: configuration.patchSide, stride: configuration.patchSide, bias: false)
        positionEmbedding = Embedding(patchesAcross * patchesAcross + 1, width, deviation: 0.02)
        firstNorm = LayerNorm(width)
        layers = (0..<configuration.layerCount).map { _ in CLIPLayer(configuration) }
        lastNorm = LayerNorm(width)
    }

    package var identifier: String { "clip-vit-base-patch32" }
    package var preprocessing: Preprocessing { .clip }
    package var width: Int { configuration.width }
    package var regionCount: Int {
        let patchesAcross = configuration.pictureSide / configuration.patchSide
        return patchesAcross * patchesAcross
    }

    package func callAsFunction(_ pixels: Tensor) -> ImageFeatures {
        let batch = pixels.size(0)
        let patches = patchEmbedding(pixels).reshaped([batch, width, regionCount]).transposed(1, 2)
        let tokens = Tensor.concatenated([classEmbedding.expanded([batch, 1, width]), patches], 1)
        let start = firstNorm(tokens + positionEmbedding.weight)
        let states = layers.reduce(start) { states, layer in layer(states) }
        return ImageFeatures(
            regions: states.narrow(1, start: 1, length: regionCount), pooled: lastNorm(states.select(1, 0)))
    }

    /// The names of `transformers`, of the whole CLIP model or of its image tower, with or without `vision_model.`.
    package var keyMap: KeyMap {
        let rows: [(pattern: String, target: String)] = [
            ("embeddings.class_embedding", "classEmbedding"),
            ("embeddings.patch_embedding", "patchEmbedding"),
            ("embeddings.position_embedding", "positionEmbedding"),
            ("pre_layrnorm", "firstNorm"),
            ("encoder.layers.*.layer_norm1", "layers.*.attentionNorm"),
            ("encoder.layers.*.self_attn.q_proj", "layers.*.query"),
            ("encoder.layers.*.self_attn.k_proj", "layers.*.key"),
            ("encoder.layers.*.self_attn.v_proj", "layers.*.value"),
            ("encoder.layers.*.self_attn.out_proj", "layers.*.output"),
            ("encoder.layers.*.layer_norm2", "layers.*.innerNorm"),
            ("encoder.layers.*.mlp.fc1", "layers.*.widening"),
            ("encoder.layers.*.mlp.fc2", "layers.*.narrowing"),
            ("post_layernorm", "lastNorm"),
        ]
        let unused = [
            "text_model", "text_projection", "visual_projection", "logit_scale", "embeddings.position_ids",
            "vision_model.embeddings.position_ids",
        ]
        return KeyMap(
            ["", "vision_model."].flatMap { prefix in
                rows.map { (pattern: prefix + $0.pattern, target: KeyMap.Target.path($0.target)) }
            } + unused.map { (pattern: $0, target: KeyMap.Target.unused) })
    }
}

/// A transformer layer that normalises before each of its two parts: `[batch, tokens, width]` to the same.
final class CLIPLayer: Module {
    let attentionNorm: LayerNorm
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let innerNorm: LayerNorm
    let widening: Linear
    let narrowing: Linear
    private let headCount: Int

    init(_ configuration: CLIPVisionTower.Configuration) {
        let width = configuration.width
        headCount = configuration.headCount
        attentionNorm = LayerNorm(width)
        query = Linear(width, width)
        key = Linear(width, width)
        value = Linear(width, width)
        output = Linear(width, width)
        innerNorm = LayerNorm(width)
        widening = Linear(width, configuration.innerWidth)
        narrowing = Linear(configuration.innerWidth, width)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let attended = x + attention(attentionNorm(x))
        return attended + narrowing(widening(innerNorm(attended)).quickGELU())
    }

    private func attention(_ x: Tensor) -> Tensor {
        let (batch, tokens, width) = (x.size(0), x.size(1), x.size(2))
        func heads(_ x: Tensor) -> Tensor {
            x.reshaped([batch, tokens, headCount, width / headCount]).transposed(1, 2)
        }
        let result = Tensor.attention(query: heads(query(x)), key: heads(key(x)), value: heads(value(x)))
        return output(result.transposed(1, 2).reshaped([batch, tokens, width]))
    }
}

extension Tensor {
    /// The approximation of GELU that CLIP was trained with: `x * sigmoid(1.702 x)`.
    func quickGELU() -> Tensor { self * (self * 1.702).sigmoid() }
}
