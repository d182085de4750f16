import Support

/// The structure of an image encoder, as the `config.json` of a model folder holds it: the name of one that has a name,
/// or the object that describes one from a Hugging Face folder.
public enum ImageEncoderConfiguration: Sendable, Codable, Equatable {
    case named(ImageEncoderKind)
    case published(PublishedImageEncoder)

    /// Reads a name or an object.
    public init(from decoder: any Decoder) throws {
        guard let name = try? decoder.singleValueContainer().decode(String.self) else {
            self = .published(try PublishedImageEncoder(from: decoder))
            return
        }
        do {
            self = .named(try ImageEncoderKind(named: name))
        } catch {
            throw DecodingError.corrupted(decoder.codingPath, "\(error)")
        }
    }

    /// Writes a name or an object.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .named(let kind):
            var container = encoder.singleValueContainer()
            try container.encode(kind.name)
        case .published(let published): try published.encode(to: encoder)
        }
    }

    /// The encoder's name, as scores report it.
    public var name: String {
        switch self {
        case .named(let kind): kind.name
        case .published(let published): published.name
        }
    }

    /// The structure, where the name does not tell it: with the same weights, another one gives other features.
    var unnamedStructure: ImageEncoderStructure? {
        if case .published(let published) = self { published.structure } else { nil }
    }

    /// Makes an encoder with random weights.
    public func makeEncoder() -> any ImageEncoder {
        switch self {
        case .named(let kind): kind.makeEncoder()
        case .published(let published): published.makeEncoder()
        }
    }
}
