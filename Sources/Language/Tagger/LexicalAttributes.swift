/// The attributes of words that the tagger's embeddings look up, as numbers of spaCy's string store.
package struct LexicalAttributes: Sendable {
    /// One attribute, under spaCy's name.
    package enum Attribute: String, Sendable, CaseIterable {
        /// The lower-cased word, or a common spelling in its stead: "’s" is "'s", "colour" is "color".
        case norm = "NORM"
        /// The first scalar.
        case prefix = "PREFIX"
        /// The last three scalars.
        case suffix = "SUFFIX"
        /// Which scalars are capitals, small letters and digits: "Xxxxx", "dddd", "@xxx".
        case shape = "SHAPE"
        /// Whether a space follows: always, as words come without the text between them.
        case followedBySpace = "SPACY"
        /// Whether the word is white space.
        case isSpace = "IS_SPACE"
    }

    /// Strings with a fixed number in place of their hash.
    private let reservedStrings: [String: UInt64]
    /// The norm's number by the word's, for words whose norm is not just their lower case.
    private let norms: [UInt64: UInt64]

    package init(reservedStrings: [String: UInt64], norms: [UInt64: UInt64]) {
        self.reservedStrings = reservedStrings
        self.norms = norms
    }

    /// An attribute of a word; of the empty word, every string is 0.
    package func value(of attribute: Attribute, for word: String) -> UInt64 {
        switch attribute {
        case .norm: norms[number(of: word)] ?? number(of: PythonText.lowercased(word))
        case .prefix: number(of: String(word.unicodeScalars.prefix(1)))
        case .suffix: number(of: String(word.unicodeScalars.suffix(3)))
        case .shape: number(of: PythonText.shape(of: word))
        case .followedBySpace: 1
        case .isSpace: PythonText.isSpace(word) ? 1 : 0
        }
    }

    /// The number of a string in spaCy's string store.
    private func number(of string: String) -> UInt64 {
        string.isEmpty ? 0 : reservedStrings[string] ?? MurmurHash.hash64A(string)
    }
}
