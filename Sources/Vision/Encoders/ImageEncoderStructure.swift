import Support

/// The structure of a network, as `config.json` of a Hugging Face folder gives it.
public enum ImageEncoderStructure: Sendable, Codable, Equatable {
    case transformer(VisionTransformerConfiguration)
    case convNeXt(ConvNeXtConfiguration)

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case vision = "vision_config"
    }

    /// The models of a picture and a text, with the family of their image tower.
    private static let towers: [String: VisionTransformerConfiguration.Family] = ["clip": .clip, "siglip": .siglip]
    /// The models that are near to those that are read, and what is different.
    private static let refusals = [
        "siglip2": "for pictures of any shape (NaFlex); SigLIP 2 for pictures of one size has the model_type siglip"
    ]
    /// All names of `model_type` that are read.
    package static let modelTypes =
        (Array(towers.keys) + VisionTransformerConfiguration.Family.allCases.map(\.rawValue)
        + ConvNeXtConfiguration.Version.allCases.map(\.rawValue)).sorted()

    /// Reads the keys that `transformers` writes; of a model of pictures and texts, those of the image tower.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let type = try keys.decode(String.self, forKey: .modelType)
        if let family = Self.towers[type] {
            guard keys.contains(.vision), try !keys.decodeNil(forKey: .vision) else {
                self = .transformer(VisionTransformerConfiguration(family))
                return
            }
            let tower = try keys.superDecoder(forKey: .vision)
            self = .transformer(try VisionTransformerConfiguration(from: tower, family: family))
        } else if let family = VisionTransformerConfiguration.Family(rawValue: type) {
            self = .transformer(try VisionTransformerConfiguration(from: decoder, family: family))
        } else if let version = ConvNeXtConfiguration.Version(rawValue: type) {
            self = .convNeXt(try ConvNeXtConfiguration(from: decoder, version: version))
        } else if let reason = Self.refusals[type] {
            throw keys.corrupted(.modelType, "is \(type.quoted), \(reason)")
        } else {
            let near = type.nearest(in: Self.modelTypes).map { " (did you mean \"\($0)\"?)" } ?? ""
            let names = Self.modelTypes.joined(separator: ", ")
            throw keys.corrupted(.modelType, "is \(type.quoted)\(near), but only \(names) are image encoders here")
        }
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .transformer(let structure): try structure.encode(to: encoder)
        case .convNeXt(let structure): try structure.encode(to: encoder)
        }
    }

    /// The image processor of a folder whose `preprocessor_config.json` names none.
    var processor: ImageProcessor {
        switch self {
        case .transformer(let structure): structure.family.processor
        case .convNeXt: .convNeXt
        }
    }

    /// The reason why the network cannot look at pictures of that side; nil where it can.
    func problem(side: Int) -> String? {
        switch self {
        case .transformer(let structure): structure.problem(side: side)
        case .convNeXt(let structure): structure.problem(side: side)
        }
    }
}
