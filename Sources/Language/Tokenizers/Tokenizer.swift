/// Turns text into the tokens that an encoder reads.
public protocol Tokenizer: Sendable {
    /// The number of tokens that the vocabulary holds.
    var vocabularyCount: Int { get }
    /// The ids of the tokens that mean no text.
    var specialTokens: SpecialTokens { get }
    /// The files that a folder keeps the tokenizer in, the vocabulary first; some may be absent.
    var fileNames: [String] { get }

    /// The first pieces of a text, whose `range` counts its Unicode scalars and `word` its words and punctuation marks; what
    /// comes after them is not looked at.
    func encode(_ text: String, atMost limit: Int) -> ArraySlice<Piece>

    /// The pieces of words, in order; `word` is an index into them and `range` counts the word's own Unicode scalars.
    ///
    /// Where blanks belong to pieces, a word that is not the first is encoded as behind a blank.
    /// A word of which nothing is left after cleaning has no pieces.
    func encode(words: [String]) -> [Piece]

    /// The sequence that an encoder reads for a text, or for a pair of texts.
    /// - Parameters:
    ///   - text: the text's pieces.
    ///   - pair: the pieces of the second text; nil without one.
    func frame(_ text: [Int], _ pair: [Int]?) -> TokenSequence

    /// The number of tokens that ``frame(_:_:)`` adds to a text, or to a pair.
    func frameLength(pair: Bool) -> Int

    /// The ids of tokens whose meaning the vocabulary's user chooses.
    ///
    /// Ids from ``vocabularyCount`` on are of tokens that the vocabulary does not have: whoever uses them sees to it that
    /// the encoder's table has rows for them.
    /// - Throws: `TokenizerError.missingToken` where the tokenizer offers fewer.
    func reservedIDs(count: Int) throws(TokenizerError) -> [Int]
}

extension Tokenizer {
    /// The pieces of a text; see ``encode(_:atMost:)``.
    public func encode(_ text: String) -> [Piece] { Array(encode(text, atMost: .max)) }

    /// The token that fills the rest of a batch's row.
    public var paddingID: Int { specialTokens.padding }

    /// The sequence that an encoder reads for a text alone.
    public func frame(_ text: [Int]) -> TokenSequence { frame(text, nil) }
}

/// A token and its origin.
public struct Piece: Hashable, Sendable {
    /// The token's row in the vocabulary.
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

/// The ids of the tokens that mean no text.
public struct SpecialTokens: Hashable, Sendable {
    /// A word that no pieces make up.
    public let unknown: Int
    /// The first token of a sequence, BERT's `[CLS]`.
    public let classification: Int
    /// The last token of a segment, BERT's `[SEP]`.
    public let separator: Int
    /// The token that fills the rest of a batch's row.
    public let padding: Int
    /// The token that hides a piece in pretraining.
    public let mask: Int?

    /// The ids of a vocabulary.
    public init(unknown: Int, classification: Int, separator: Int, padding: Int, mask: Int?) {
        self.unknown = unknown
        self.classification = classification
        self.separator = separator
        self.padding = padding
        self.mask = mask
    }
}

/// The tokens of a text, or of a pair of texts, with the special ones around them.
public struct TokenSequence: Hashable, Sendable {
    /// All tokens, in order.
    public let ids: [Int]
    /// The places of the text's pieces.
    public let text: Range<Int>
    /// The places of the second text's pieces; empty, at the end, without one.
    public let pair: Range<Int>
    /// The index of the first token whose segment id is 1 instead of 0; the number of tokens without one.
    public let secondSegment: Int

    /// A framed text.
    public init(ids: [Int], text: Range<Int>, pair: Range<Int>, secondSegment: Int) {
        self.ids = ids
        self.text = text
        self.pair = pair
        self.secondSegment = secondSegment
    }
}
