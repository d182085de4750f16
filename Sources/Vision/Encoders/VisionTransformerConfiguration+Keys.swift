import Support

extension VisionTransformerConfiguration {
    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case width = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case innerWidth = "intermediate_size"
        case innerRatio = "mlp_ratio"
        case patchSide = "patch_size"
        case pictureSide = "image_size"
        case activation = "hidden_act"
        case normalizationEpsilon = "layer_norm_eps"
        case attentionBias = "qkv_bias"
        case isGated = "use_swiglu_ffn"
        case registerCount = "num_register_tokens"
        case poolsByAttention = "vision_use_head"
    }

    /// Reads the keys that `transformers` writes for a family; those that it may leave out have its defaults.
    /// - Throws: `DecodingError`.
    init(from decoder: any Decoder, family: Family) throws {
        try RefusedVisionOptions.check(decoder)
        self.init(family)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        _ = try keys.value(.modelType, default: family.rawValue, rule: family.rawValue) { $0 == family.rawValue }
        let (sizes, sides) = (1...1_000_000, 1...4096)
        width = try keys.whole(.width, in: sizes, default: width)
        layerCount = try keys.whole(.layerCount, in: 1...256, default: layerCount)
        headCount = try keys.whole(.headCount, in: sizes, default: headCount)
        patchSide = try keys.whole(.patchSide, in: sides, default: patchSide)
        pictureSide = try keys.whole(.pictureSide, in: sides, default: pictureSide)
        activation = try keys.choice(.activation, default: activation)
        normalizationEpsilon = try keys.number(.normalizationEpsilon, in: 1e-30...1, default: normalizationEpsilon)
        switch family {
        case .clip: break
        case .siglip: poolsByAttention = try keys.value(.poolsByAttention, default: true, rule: "true or false")
        case .vit: attentionBias = try keys.value(.attentionBias, default: true, rule: "true or false")
        case .dinov2, .dinov2WithRegisters:
            attentionBias = try keys.value(.attentionBias, default: true, rule: "true or false")
            isGated = try keys.value(.isGated, default: false, rule: "true or false")
            let ratio = try keys.number(.innerRatio, in: 0.01...100, default: 4)
            innerWidth = max(1, Self.innerWidth(width, ratio: ratio, isGated: isGated))
        }
        innerWidth = try keys.whole(.innerWidth, in: 1...100_000_000, default: innerWidth)
        if family == .dinov2WithRegisters {
            registerCount = try keys.whole(.registerCount, in: 1...1000, default: registerCount)
        }
        guard width.isMultiple(of: headCount) else {
            throw keys.corrupted(.headCount, "is \(headCount), which does not divide hidden_size (\(width))")
        }
        guard patchSide <= pictureSide else {
            throw keys.corrupted(.patchSide, "is \(patchSide), more than image_size (\(pictureSide))")
        }
    }

    /// The width inside the feed-forward part of a DINOv2; SwiGLU has two thirds of it, in eights.
    private static func innerWidth(_ width: Int, ratio: Double, isGated: Bool) -> Int {
        let inner = Int(Double(width) * ratio)
        return isGated ? (inner * 2 / 3 + 7) / 8 * 8 : inner
    }

    /// Writes the keys that `transformers` reads; a DINOv2 has its `intermediate_size` in place of a ratio.
    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(family.rawValue, forKey: .modelType)
        try keys.encode(width, forKey: .width)
        try keys.encode(layerCount, forKey: .layerCount)
        try keys.encode(headCount, forKey: .headCount)
        try keys.encode(innerWidth, forKey: .innerWidth)
        try keys.encode(patchSide, forKey: .patchSide)
        try keys.encode(pictureSide, forKey: .pictureSide)
        try keys.encode(activation.rawValue, forKey: .activation)
        try keys.encode(normalizationEpsilon, forKey: .normalizationEpsilon)
        if family == .siglip { try keys.encode(poolsByAttention, forKey: .poolsByAttention) }
        if family == .vit || family.isDINOv2 { try keys.encode(attentionBias, forKey: .attentionBias) }
        if family.isDINOv2 { try keys.encode(isGated, forKey: .isGated) }
        if family == .dinov2WithRegisters { try keys.encode(registerCount, forKey: .registerCount) }
    }
}
