/// What libraries say, and no message of ours should.
public enum ForeignWords {
    /// Phrases of Foundation, of decoders and of the standard library.
    public static let phrases = [
        "The operation could", "could not be completed", "couldn’t be", "The data couldn", "Cocoa",
        "NSPOSIXErrorDomain",
        "Error Domain=", "The given data was not valid", "was not valid JSON.", "Cannot initialize",
        "not representable",
        "does not fit in", "DecodingError", "dataCorrupted", "codingPath", "CodingKeys", "debugDescription",
        "Optional(", "Swift.", "Foundation.",
    ]
}

extension String {
    /// Those that are in a message.
    public var foreignWords: [String] { ForeignWords.phrases.filter(contains) }
}
