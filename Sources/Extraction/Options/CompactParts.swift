/// What a compact folder holds and names: a model of adapters with what prediction reads of it, in 16-bit floats.
public struct CompactParts: Sendable, Codable, Equatable {
    /// The tokenizer, which lies with the text encoder; nil where the folder holds its files.
    public var tokenizer: NamedFiles?
    /// The tagger that set-up fetches; nil where the folder holds it, or there is none.
    public var tagger: NamedFiles?
    /// The SHA-256 of the folder's own files by their paths in it, 64 hexadecimal digits each.
    public var files: [String: String]
}

/// Files that a model folder names instead of holding them.
public struct NamedFiles: Sendable, Codable, Equatable {
    /// The name of what set-up fetches.
    public var name: String
    /// The SHA-256 of the files by their names, 64 hexadecimal digits each.
    public var files: [String: String]
}
