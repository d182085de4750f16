/// The unigram model: of all ways to cut a word into pieces the one with the greatest sum of scores.
///
/// Kudo: Subword Regularization, 2018; the search is Viterbi's.
struct UnigramModel: Sendable {
    /// The best way to a place: its last piece, that piece's beginning, and the sum of scores.
    struct Path {
        var id: Int
        var start: Int
        var score: Double
    }

    /// How much less than the worst piece an unknown scalar scores.
    private static let unknownPenalty = 10.0

    let vocabulary: PieceVocabulary
    let unknown: Int

    /// The score of each piece.
    private let scores: [Double]
    private let unknownScore: Double
    private let fallsBackToBytes: Bool

    /// A model.
    /// - Parameters:
    ///   - scores: the logarithms of the pieces' probabilities, by id.
    ///   - unknown: the piece for what no pieces make up.
    init(vocabulary: PieceVocabulary, scores: [Double], unknown: Int, fallsBackToBytes: Bool) {
        self.vocabulary = vocabulary
        self.scores = scores
        self.unknown = unknown
        self.fallsBackToBytes = fallsBackToBytes
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    }

    func appendPieces(of text: [UInt32], in word: Range<Int>, to pieces: inout ModelPieces) {
        findPaths(of: text, in: word, &pieces.paths)
        let count = pieces.items.count
        var end = word.count
        while end > 0 {
            let path = pieces.paths[end]
            let range = word.lowerBound + path.start..<word.lowerBound + end
            if path.id == unknown, let last = pieces.items.indices.last, last >= count,
                pieces.items[last].id == unknown
            {
                pieces.items[last].range = range.lowerBound..<pieces.items[last].range.upperBound
            } else {
                pieces.append(path.id, range)
            }
            end = path.start
        }
        pieces.items[count...].reverse()
        if fallsBackToBytes { replaceUnknown(of: text, from: count, in: &pieces) }
    }

    /// Finds the best way to every place of a word.
    private func findPaths(of text: [UInt32], in word: Range<Int>, _ paths: inout [Path]) {
        paths.removeAll(keepingCapacity: true)
        paths.append(contentsOf: repeatElement(Path(id: -1, start: -1, score: 0), count: word.count + 1))
        func offer(_ id: Int, _ start: Int, _ end: Int, _ score: Double) {
            if paths[end].start < 0 || score > paths[end].score {
                paths[end] = Path(id: id, start: start, score: score)
            }
        }
        let trie = vocabulary.trie
        for start in 0..<word.count {
            let score = paths[start].score
            var (node, end, isKnown) = (ScalarTrie.root, start, false)
            while end < word.count, let child = trie.child(of: node, by: text[word.lowerBound + end]) {
                (node, end) = (child, end + 1)
                guard let id = trie.id(at: node) else { continue }
                offer(id, start, end, scores[id] + score)
                if end == start + 1 { isKnown = true }
            }
            if !isKnown { offer(unknown, start, start + 1, unknownScore + score) }
        }
    }

    /// Puts the pieces of bytes in the place of unknown ones.
    private func replaceUnknown(of text: [UInt32], from start: Int, in pieces: inout ModelPieces) {
        let items = pieces.items[start...]
        guard items.contains(where: { $0.id == unknown }) else { return }
        pieces.items.removeLast(items.count)
        for item in items {
            guard item.id == unknown, !vocabulary.bytes.isEmpty,
                vocabulary.trie.id(of: text[item.range]) == nil
            else {
                pieces.items.append(item)
                continue
            }
            for index in item.range { _ = vocabulary.appendBytes(of: text[index], at: item.range, to: &pieces) }
        }
    }
}
