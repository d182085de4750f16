/// A way to cut words into pieces of a vocabulary.
enum PieceModel: Sendable {
    case wordPiece(WordPieceModel)
    case bytePair(BytePairModel)
    case unigram(UnigramModel)
    case fastBPE(FastBPEModel)

    /// Appends the pieces of a word.
    func appendPieces(of text: [UInt32], in word: Range<Int>, to pieces: inout ModelPieces) {
        switch self {
        case .wordPiece(let model): model.appendPieces(of: text, in: word, to: &pieces)
        case .bytePair(let model): model.appendPieces(of: text, in: word, to: &pieces)
        case .unigram(let model): model.appendPieces(of: text, in: word, to: &pieces)
        case .fastBPE(let model): model.appendPieces(of: text, in: word, to: &pieces)
        }
    }

    /// The pieces of the vocabulary.
    var vocabulary: PieceVocabulary {
        switch self {
        case .wordPiece(let model): model.vocabulary
        case .bytePair(let model): model.vocabulary
        case .unigram(let model): model.vocabulary
        case .fastBPE(let model): model.vocabulary
        }
    }

    /// The piece for what no pieces make up.
    var unknown: Int? {
        switch self {
        case .wordPiece(let model): model.unknown
        case .bytePair(let model): model.unknown
        case .unigram(let model): model.unknown
        case .fastBPE(let model): model.unknown
        }
    }
}

/// The pieces of words, and the memory in which models find them.
struct ModelPieces {
    /// A piece and the scalars that it covers.
    struct Item {
        var id: Int
        var range: Range<Int>
    }

    /// The pieces of the last word.
    var items: [Item] = []
    /// The parts of a word that byte-pair encoding merges.
    var parts: [BytePairModel.Part] = []
    /// The merges that are possible, the first one on top.
    var merges = MergeQueue()
    /// The best ways to the places of a word.
    var paths: [UnigramModel.Path] = []

    mutating func append(_ id: Int, _ range: Range<Int>) { items.append(Item(id: id, range: range)) }
}

/// The pieces of a model and their ids.
struct PieceVocabulary: Sendable {
    /// The pieces as a tree of prefixes.
    private(set) var trie: ScalarTrie
    /// One more than the largest id.
    private(set) var count = 0
    /// The piece of each byte, `<0x00>` and so on; empty where one is missing.
    private(set) var bytes: [Int] = []

    /// A vocabulary.
    init(_ pieces: some Collection<(String, Int)>) {
        self.init(scalars: pieces.lazy.map { ($0.0.scalarValues, $0.1) })
    }

    /// A vocabulary of pieces by their scalars.
    init(scalars pieces: some Collection<([UInt32], Int)>) {
        trie = ScalarTrie(capacity: pieces.count)
        for (piece, id) in pieces {
            trie.insert(piece, id: id)
            count = max(count, id + 1)
        }
        let digits = Array("0123456789ABCDEF")
        let names = (0..<256).map { "<0x\(digits[$0 / 16])\(digits[$0 % 16])>" }
        let ids = names.compactMap(id)
        if ids.count == names.count { bytes = ids }
    }

    /// The id of a piece.
    func id(of piece: String) -> Int? { trie.id(of: piece) }

    /// Appends the pieces of a scalar's bytes; appends none and returns false where the vocabulary has none.
    func appendBytes(of scalar: UInt32, at range: Range<Int>, to pieces: inout ModelPieces) -> Bool {
        guard !bytes.isEmpty, let encoded = scalar.scalar.flatMap(UTF8.encode) else { return false }
        for byte in encoded { pieces.append(bytes[Int(byte)], range) }
        return true
    }
}
