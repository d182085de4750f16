extension Post.Content {
    /// The tokens, or the Unicode scalars of a raw text, by their offsets.
    var units: Units {
        switch self {
        case .tokens(let tokens): .tokens(tokens)
        case .text(let text): .scalars(Array(text.unicodeScalars))
        }
    }

    /// What offsets count.
    enum Units {
        case tokens([String])
        case scalars([Unicode.Scalar])

        private func isBlank(_ offset: Int) -> Bool {
            switch self {
            case .tokens(let tokens): tokens[offset].isBlank
            case .scalars(let scalars): scalars[offset].properties.isWhitespace
            }
        }

        /// A range without white space at its edges; nil where nothing else is in it.
        func trimmed(_ range: Range<Int>) -> Range<Int>? {
            guard let first = range.first(where: { !isBlank($0) }), let last = range.last(where: { !isBlank($0) })
            else { return nil }
            return first..<last + 1
        }
    }
}
