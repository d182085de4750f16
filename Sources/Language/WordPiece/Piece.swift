/// A wordpiece and where it came from.
public struct Piece: Hashable, Sendable {
    /// The piece's row in the vocabulary.
    public let id: Int
    /// The index of the word that it is a part of.
    public let word: Int
    /// The Unicode scalars that it covers: of the text, or of its word where words were given.
    public let range: Range<Int>

    /// A piece of a word.
    public init(id: Int, word: Int, range: Range<Int>) {
        self.id = id
        self.word = word
        self.range = range
    }
}
