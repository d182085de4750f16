/// WordPiece: the longest piece that a word begins with, and so on.
///
/// Wu et al.: Google's Neural Machine Translation System, 2016, section 4.1.
struct WordPieceModel: Sendable {
    let vocabulary: PieceVocabulary
    let unknown: Int
    /// Words of more scalars than this are unknown.
    private let longestWord: Int
    /// The node behind the prefix of pieces that continue a word; nil where there are no such pieces.
    private let continuation: Int?

    /// A model.
    /// - Parameters:
    ///   - unknown: the piece of a word that no pieces make up.
    ///   - prefix: the beginning of pieces that continue a word, BERT's `##`.
    init(vocabulary: PieceVocabulary, unknown: Int, prefix: String, longestWord: Int) {
        self.vocabulary = vocabulary
        self.unknown = unknown
        self.longestWord = longestWord
        continuation = vocabulary.trie.node(after: prefix.scalarValues)
    }

    func appendPieces(of text: [UInt32], in word: Range<Int>, to pieces: inout ModelPieces) {
        let count = pieces.items.count
        var start = word.lowerBound
        while start < word.upperBound, word.count <= longestWord {
            let node = start == word.lowerBound ? ScalarTrie.root : continuation
            guard let node, let match = vocabulary.trie.longestMatch(in: text, start..<word.upperBound, from: node)
            else { break }
            pieces.append(match.id, start..<match.end)
            start = match.end
        }
        guard start < word.upperBound else { return }
        pieces.items.removeLast(pieces.items.count - count)
        pieces.append(unknown, word)
    }
}
