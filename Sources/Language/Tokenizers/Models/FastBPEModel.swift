/// Byte-pair encoding as fastBPE has it: pairs of strings are merged, whether or not what comes of them is a piece, and what is
/// left is then looked up: as it is at the end of a word, with `@@` behind it before.
struct FastBPEModel: Sendable {
    /// What pieces that do not end a word end with.
    private static let continuation = "@@".scalarValues
    /// What the last part of a word ends with while pairs are merged.
    static let wordEnd = "</w>".scalarValues

    let vocabulary: PieceVocabulary
    let unknown: Int
    private let parts: BytePairModel
    /// The pieces of the parts, by the parts' numbers.
    private let pieces: [Int]

    /// A model.
    /// - Parameters:
    ///   - vocabulary: the pieces.
    ///   - merges: pairs of parts, those that come first in order.
    ///   - unknown: the piece of parts that are none.
    init(vocabulary: PieceVocabulary, merges: [(first: [UInt32], second: [UInt32])], unknown: Int) {
        self.vocabulary = vocabulary
        self.unknown = unknown
        var (numbers, pieces) = ([[UInt32]: Int](), [unknown])
        func number(of part: [UInt32]) -> Int {
            if let known = numbers[part] { return known }
            let isLast = part.suffix(Self.wordEnd.count) == Self.wordEnd[...]
            let piece = isLast ? part.dropLast(Self.wordEnd.count) : part + Self.continuation
            numbers[part] = pieces.count
            pieces.append(vocabulary.trie.id(of: piece) ?? unknown)
            return pieces.count - 1
        }
        let numbered = merges.map {
            (first: number(of: $0.first), second: number(of: $0.second), result: number(of: $0.first + $0.second))
        }
        for scalar in vocabulary.trie.scalars {
            for part in [[scalar], [scalar] + Self.wordEnd] { _ = number(of: part) }
        }
        self.pieces = pieces
        parts = BytePairModel(
            vocabulary: PieceVocabulary(scalars: numbers.map { ($0.key, $0.value) }), merges: numbered,
            options: BytePairModel.Options(unknown: 0, suffix: Self.wordEnd))
    }

    func appendPieces(of text: [UInt32], in word: Range<Int>, to pieces: inout ModelPieces) {
        let start = pieces.items.count
        parts.appendPieces(of: text, in: word, to: &pieces)
        for index in start..<pieces.items.count { pieces.items[index].id = self.pieces[pieces.items[index].id] }
    }
}
