import Support

extension KeyedDecodingContainer {
    /// The number of a token.
    /// - Parameters:
    ///   - vocabularySize: the number of tokens.
    ///   - fallback: the number where the field is missing or null.
    /// - Throws: `DecodingError`.
    func token(_ key: Key, in vocabularySize: Int, default fallback: Int) throws -> Int {
        let token = try whole(key, in: 0...1_000_000, default: fallback)
        guard token < vocabularySize else {
            throw corrupted(key, "is \(token), but the vocabulary ends before it: vocab_size is \(vocabularySize)")
        }
        return token
    }
}
