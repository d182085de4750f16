import Support

/// The weights of an encoder that a model folder names instead of holding them.
public struct EncoderReference: Sendable, Codable, Equatable {
    /// The name of an encoder that set-up fetches, or the path of its folder or file.
    public var name: String
    /// The SHA-256 of the weights, 64 hexadecimal digits; of several files, that of all their bytes in the order of names.
    public var sha256: String
}

/// The encoders of a model that has learnt adapters for them.
public struct EncoderReferences: Sendable, Codable, Equatable {
    /// The text encoder, for which there are adapters in `text/`.
    public var text: EncoderReference
    /// The image encoder; nil for a model that never looks at pictures.
    public var picture: EncoderReference?
    /// Whether there are adapters for the image encoder too, in `picture/`; else it is used as it is.
    public var adaptsPicture: Bool

    package init(text: EncoderReference, picture: EncoderReference?, adaptsPicture: Bool) {
        (self.text, self.picture, self.adaptsPicture) = (text, picture, adaptsPicture)
    }

    /// The differences from other encoders, in words; nothing of it are their places.
    package func differences(from other: EncoderReferences) -> [String] {
        let pairs = [("text", text, Optional(other.text))] + (picture.map { [("image", $0, other.picture)] } ?? [])
        return pairs.filter { $0.1.sha256 != $0.2?.sha256 }.map { role, own, other in
            "the weights of the \(role) encoder have the SHA-256 \(own.sha256) there, \(other?.sha256 ?? "none") here"
        }
    }
}
