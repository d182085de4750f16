import Support

/// The structure of a ConvNeXt.
public struct ConvNeXtConfiguration: Sendable, Equatable {
    /// The versions, under the names that `model_type` gives them.
    public enum Version: String, Sendable, CaseIterable {
        /// The first one (Liu et al., 2022), which may scale what a block adds.
        case first = "convnext"
        /// The second one (Woo et al., 2023), which normalises responses.
        case second = "convnextv2"
    }

    /// The version, which decides what no number says.
    public var version: Version
    /// The side in pixels of the patches that the network begins with.
    public var patchSide = 4
    /// The number of channels of each stage.
    public var widths = [96, 192, 384, 768]
    /// The number of blocks of each stage.
    public var depths = [3, 3, 9, 3]
    /// The activation inside a block.
    public var activation = VisionActivation.gelu
    /// The number that the normalisation of the summary adds to the variance.
    public var normalizationEpsilon = 1e-12
    /// The factors of what a block adds, before training; 0 where there are none.
    public var layerScale = 1e-6

    /// The structure that `transformers` gives a version where a `config.json` says nothing.
    public init(_ version: Version) {
        self.version = version
        if version == .second { layerScale = 0 }
    }

    /// The side of the last map for pictures of a side; each stage but the first halves it.
    func mapSide(for side: Int) -> Int { (side / patchSide) >> (widths.count - 1) }

    /// The reason why the network cannot look at pictures of that side; nil where it can.
    func problem(side: Int) -> String? {
        guard mapSide(for: side) < 1 else { return nil }
        return "the pictures are \(side) pixels wide, of which the encoder's stages leave nothing"
    }
}

extension ConvNeXtConfiguration {
    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case patchSide = "patch_size"
        case stageCount = "num_stages"
        case widths = "hidden_sizes"
        case depths
        case activation = "hidden_act"
        case normalizationEpsilon = "layer_norm_eps"
        case layerScale = "layer_scale_init_value"
    }

    /// Reads the keys that `transformers` writes for a version; those it may leave out have its defaults.
    /// - Throws: `DecodingError`.
    init(from decoder: any Decoder, version: Version) throws {
        try RefusedVisionOptions.check(decoder)
        self.init(version)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        patchSide = try keys.whole(.patchSide, in: 1...4096, default: patchSide)
        let count = try keys.whole(.stageCount, in: 1...8, default: 4)
        func sizes(_ key: CodingKeys, in range: ClosedRange<Int>, default fallback: [Int]) throws -> [Int] {
            try keys.value(key, default: fallback, rule: "num_stages (\(count)) numbers, each \(range.rule)") { sizes in
                sizes.count == count && sizes.allSatisfy(range.contains)
            }
        }
        widths = try sizes(.widths, in: 1...1_000_000, default: widths)
        depths = try sizes(.depths, in: 1...256, default: depths)
        guard widths.count == count, depths.count == count else {
            throw keys.corrupted(.stageCount, "is \(count); hidden_sizes and depths must have as many numbers")
        }
        activation = try keys.choice(.activation, default: activation)
        normalizationEpsilon = try keys.number(.normalizationEpsilon, in: 1e-30...1, default: normalizationEpsilon)
        if version == .first { layerScale = try keys.number(.layerScale, in: 0...1000, default: layerScale) }
    }

    /// Writes the keys that `transformers` reads.
    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(version.rawValue, forKey: .modelType)
        try keys.encode(patchSide, forKey: .patchSide)
        try keys.encode(widths.count, forKey: .stageCount)
        try keys.encode(widths, forKey: .widths)
        try keys.encode(depths, forKey: .depths)
        try keys.encode(activation.rawValue, forKey: .activation)
        try keys.encode(normalizationEpsilon, forKey: .normalizationEpsilon)
        if version == .first { try keys.encode(layerScale, forKey: .layerScale) }
    }
}
