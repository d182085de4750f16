extension String {
    /// The phrases of Foundation and of decoders in a message, which no message should have.
    public var foreignWords: [String] {
        [
            "could not be completed", "couldn’t be", "Cocoa", "Cannot initialize", "not representable",
            "does not fit in", "DecodingError", "dataCorrupted", "codingPath", "CodingKeys", "debugDescription",
            "was not valid JSON.",
        ].filter(contains)
    }
}
