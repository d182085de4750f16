import Support

/// The image encoders whose structure has a name.
public enum ImageEncoderKind: Hashable, Sendable {
    case resNet(ResNet.Depth)
    case clipViTB32
    case efficientNetLite0
    case efficientNetLite2

    /// All of them.
    public static let all =
        ResNet.Depth.allCases.map { Self.resNet($0) } + [.clipViTB32, .efficientNetLite0, .efficientNetLite2]

    /// The structure's name, which is also its encoder's `identifier`.
    public var name: String {
        switch self {
        case .resNet(let depth): "resnet\(depth.rawValue)"
        case .clipViTB32: "clip-vit-base-patch32"
        case .efficientNetLite0: "efficientnet-lite0"
        case .efficientNetLite2: "efficientnet-lite2"
        }
    }

    /// The structure of that name. Throws `ImageEncoderError.unknownName`.
    public init(named name: String) throws {
        guard let kind = Self.all.first(where: { $0.name == name }) else { throw ImageEncoderError.unknownName(name) }
        self = kind
    }

    /// Recognises a structure by the keys of its weights; nil if they are of none.
    public init?(keys: some Collection<String>) {
        let keys = Set(keys)
        let depth = ResNet.Depth.allCases.first { depth in
            zip(1..., depth.blockCounts).allSatisfy { stage, count in
                keys.contains("layer\(stage).\(count - 1).conv\(depth.kernels.count).weight")
                    && !keys.contains("layer\(stage).\(count).conv1.weight")
            } && keys.contains("layer1.0.conv3.weight") == (depth.kernels.count == 3)
        }
        if let depth {
            self = .resNet(depth)
        } else if keys.contains("_conv_stem.weight") {
            let isLite0 = !keys.contains("_blocks.\(EfficientNetLite.Size.lite0.blockCount)._depthwise_conv.weight")
            self = isLite0 ? .efficientNetLite0 : .efficientNetLite2
        } else if keys.contains(where: { $0.hasSuffix("embeddings.class_embedding") }) {
            self = .clipViTB32
        } else {
            return nil
        }
    }

    /// Makes an encoder with random weights.
    public func makeEncoder() -> any ImageEncoder {
        switch self {
        case .resNet(let depth): ResNet(depth)
        case .clipViTB32:
            VisionTransformer(VisionTransformerConfiguration(.clip), as: .named(self), preprocessing: .clip)
        case .efficientNetLite0: EfficientNetLite(.lite0)
        case .efficientNetLite2: EfficientNetLite(.lite2)
        }
    }
}

/// Makes the encoder of that name with random weights. Throws `ImageEncoderError.unknownName`.
public func makeImageEncoder(_ name: String) throws -> any ImageEncoder {
    try ImageEncoderKind(named: name).makeEncoder()
}
