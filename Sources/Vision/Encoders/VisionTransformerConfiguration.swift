import Support

/// The structure of a vision transformer (Dosovitskiy et al., 2021): layers that normalise before each of their two parts.
public struct VisionTransformerConfiguration: Sendable, Equatable {
    /// The families, under the names that `model_type` gives them.
    public enum Family: String, Sendable, CaseIterable {
        /// The image tower of CLIP (Radford et al., 2021).
        case clip = "clip_vision_model"
        /// The image tower of SigLIP (Zhai et al., 2023), and of SigLIP 2 with pictures of one size.
        case siglip = "siglip_vision_model"
        /// DINOv2 (Oquab et al., 2023).
        case dinov2
        /// DINOv2 with tokens that are nobody's (Darcet et al., 2024).
        case dinov2WithRegisters = "dinov2_with_registers"
        /// The first vision transformer.
        case vit
    }

    /// The family, which decides what no number says.
    public var family: Family
    /// d: the width of hidden states.
    public var width = 768
    /// The number of layers.
    public var layerCount = 12
    /// The number of attention heads; divides ``width``.
    public var headCount = 12
    /// The width inside the feed-forward part of a layer.
    public var innerWidth = 3072
    /// The side of a patch in pixels.
    public var patchSide: Int
    /// The side in pixels of the pictures that the table of positions is for.
    public var pictureSide = 224
    /// The activation inside the feed-forward part.
    public var activation: VisionActivation
    /// The number that layer normalisation adds to the variance.
    public var normalizationEpsilon: Double
    /// Whether queries, keys and values have a bias.
    public var attentionBias = true
    /// Whether the feed-forward part is SwiGLU (Shazeer, 2020), which does without ``activation``.
    public var isGated = false
    /// The number of registers.
    public var registerCount = 0
    /// Whether attention makes the summary of a SigLIP, not the mean.
    public var poolsByAttention = true

    /// The structure that `transformers` gives the family where a `config.json` says nothing.
    public init(_ family: Family) {
        self.family = family
        (patchSide, activation, normalizationEpsilon) =
            switch family {
            case .clip: (32, .quickGELU, 1e-5)
            case .siglip: (16, .geluTanh, 1e-6)
            case .dinov2: (14, .gelu, 1e-6)
            case .dinov2WithRegisters: (16, .gelu, 1e-6)
            case .vit: (16, .gelu, 1e-12)
            }
        if family == .dinov2WithRegisters { registerCount = 4 }
    }

    /// The reason why the network cannot look at pictures of that side; nil where it can.
    func problem(side: Int) -> String? {
        if !family.interpolatesPositions, side != pictureSide {
            return "the pictures are \(side) pixels wide, but the encoder's image_size is \(pictureSide); "
                + "make them equal"
        }
        guard side < patchSide else { return nil }
        return "the pictures are \(side) pixels wide, less than a patch of the encoder (patch_size \(patchSide))"
    }
}

extension VisionTransformerConfiguration.Family {
    /// Whether a token of its own stands for the whole picture.
    var hasClassToken: Bool { self != .siglip }
    /// Whether the projection of patches has a bias.
    var hasPatchBias: Bool { self != .clip }
    /// Whether there is a normalisation before the first layer; if so, the last one is for the summary alone.
    var normalizesFirst: Bool { self == .clip }
    /// Whether the two parts of a layer are scaled, each value by a learnt factor.
    var hasLayerScale: Bool { isDINOv2 }
    /// Whether the table of positions fits pictures of every size.
    var interpolatesPositions: Bool { isDINOv2 }
    /// Whether the tokens and the positions have a dimension of size 1 before the others.
    var hasBatchDimension: Bool { isDINOv2 || self == .vit }

    var isDINOv2: Bool { self == .dinov2 || self == .dinov2WithRegisters }

    /// The image processor of a folder that names none.
    var processor: ImageProcessor {
        switch self {
        case .clip: .clip
        case .siglip: .siglip
        case .dinov2, .dinov2WithRegisters: .bit
        case .vit: .vit
        }
    }
}
