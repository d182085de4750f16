/// Gathers the letters of words and cuts each word into pieces, longest match first.
///
/// Wu et al.: Google's Neural Machine Translation System, 2016, section 4.1.
struct PieceBuilder {
    /// Words of more normalised scalars than this are unknown.
    static let longestWord = 100

    /// The pieces of the words that have ended.
    private(set) var pieces: [Piece] = []
    /// The word that the pieces belong to; where it is nil they are counted.
    var givenWord: Int?

    private let table: PieceTable
    private let unknown: Int
    private let sortsMarks: Bool
    private var countedWords = 0
    private var letters: [UInt32] = []
    private var origins: [Int] = []

    /// - Parameters:
    ///   - unknown: The id of a word that no pieces make up.
    ///   - sortsMarks: Whether marks that follow one another are put into canonical order.
    init(table: PieceTable, unknown: Int, sortsMarks: Bool) {
        self.table = table
        self.unknown = unknown
        self.sortsMarks = sortsMarks
    }

    /// Adds what a scalar of the text became.
    mutating func append(_ form: BertNormalizer.Form, from origin: Int) {
        switch form {
        case .blank: endWord()
        case .letter(let scalar):
            letters.append(scalar.value)
            origins.append(origin)
            if sortsMarks && !scalar.isASCII && letters.count <= Self.longestWord { sortLastMark() }
        case .mark(let scalar):
            endWord()
            letters.append(scalar.value)
            origins.append(origin)
            endWord()
        }
    }

    /// Adds a piece that is a word of its own, whatever its letters.
    mutating func append(special id: Int, range: Range<Int>) {
        endWord()
        pieces.append(Piece(id: id, word: givenWord ?? countedWords, range: range))
        countedWords += 1
    }

    /// Cuts the letters gathered so far into pieces.
    mutating func endWord() {
        guard !letters.isEmpty else { return }
        if letters.count > Self.longestWord || !appendPieces() {
            append(id: unknown, letters: 0..<letters.count)
        }
        letters.removeAll(keepingCapacity: letters.count <= Self.longestWord)
        origins.removeAll(keepingCapacity: origins.count <= Self.longestWord)
        countedWords += 1
    }

    /// Appends the word's pieces; appends none and returns false where it has a part that no piece matches.
    private mutating func appendPieces() -> Bool {
        let count = pieces.count
        var start = 0
        while start < letters.count {
            let position: PieceTable.Position = start == 0 ? .initial : .continuing
            guard let match = table.longestPrefix(of: letters.span.extracting(start...), at: position)
            else {
                pieces.removeLast(pieces.count - count)
                return false
            }
            append(id: match.id, letters: start..<start + match.length)
            start += match.length
        }
        return true
    }

    private mutating func append(id: Int, letters: Range<Int>) {
        let range = origins[letters.lowerBound]..<origins[letters.upperBound - 1] + 1
        pieces.append(Piece(id: id, word: givenWord ?? countedWords, range: range))
    }

    /// Moves the last letter, if it is a mark, before the marks of higher classes that it follows.
    private mutating func sortLastMark() {
        var index = letters.count - 1
        let combiningClass = Self.combiningClass(of: letters[index])
        guard combiningClass > 0 else { return }
        while index > 0, Self.combiningClass(of: letters[index - 1]) > combiningClass {
            letters.swapAt(index, index - 1)
            origins.swapAt(index, index - 1)
            index -= 1
        }
    }

    private static func combiningClass(of letter: UInt32) -> UInt8 {
        Unicode.Scalar(letter).map(\.bertCombiningClass) ?? 0
    }
}
