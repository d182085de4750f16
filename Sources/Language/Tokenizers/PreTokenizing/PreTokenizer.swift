/// A division of a text into words, some of which change its letters.
indirect enum PreTokenizer: Sendable {
    /// One after the other.
    case sequence([PreTokenizer])
    /// Cuts where a pattern is found, or where it is not.
    case split(SplitPattern, SplitBehavior, inverts: Bool)
    /// BERT's: at white space, and around every punctuation mark.
    case bert
    /// Writes bytes as letters, and cuts by GPT-2's expression if told to.
    case byteLevel(addsBlank: Bool, cuts: Bool)
    /// Writes a mark for blanks, and cuts before it if told to.
    case metaspace(mark: UInt32, prepending: Metaspace, cuts: Bool)

    /// Where a mark is put before a word that has none.
    enum Metaspace: String, Sendable, CaseIterable {
        /// Before every part of a text.
        case always
        /// Before a text's first part.
        case first
        /// Nowhere.
        case never
    }

    /// Cuts every word.
    /// - Parameter followsBlank: whether the text is a word that stands behind another one: a blank is put before it
    ///   even where none is before a text.
    func cut(_ words: inout Words, followsBlank: Bool) {
        switch self {
        case .sequence(let parts): for part in parts { part.cut(&words, followsBlank: followsBlank) }
        case .split(let pattern, let behavior, let inverts): words.split(pattern, behavior, inverts: inverts)
        case .bert:
            words.split(.each(.blank), .removed)
            words.split(.each(.punctuation), .isolated)
        case .byteLevel(let addsBlank, let cuts):
            if addsBlank || followsBlank { words.prepend(0x20) { _ in true } }
            if cuts { words.split(.byteLevel(.gpt2), .isolated) }
            words.writeBytes()
        case .metaspace(let mark, let prepending, let cuts):
            words.text.map { $0 == 0x20 ? mark : $0 }
            switch prepending {
            case .always: words.prepend(mark) { _ in true }
            case .first: words.prepend(mark) { followsBlank || $0.start == 0 }
            case .never: if followsBlank { words.prepend(mark) { _ in true } }
            }
            if cuts { words.split(.literal([mark]), .mergedWithNext) }
        }
    }

    /// Whether a blank is put before a text.
    var addsBlank: Bool {
        switch self {
        case .sequence(let parts): parts.contains(where: \.addsBlank)
        case .byteLevel(let addsBlank, _): addsBlank
        case .split, .bert, .metaspace: false
        }
    }
}

/// A text and the words that it is cut into so far, in order; none is empty.
struct Words: Sendable {
    var text: AlignedText
    private(set) var ranges: [Range<Int>]

    /// A text as one word.
    init(_ text: AlignedText) {
        self.text = text
        ranges = text.count > 0 ? [0..<text.count] : []
    }

    /// Cuts every word.
    mutating func split(_ pattern: SplitPattern, _ behavior: SplitBehavior, inverts: Bool = false) {
        var (parts, cuts): ([Range<Int>], [Cut]) = ([], [])
        parts.reserveCapacity(ranges.count + text.count / 4)
        for range in ranges {
            cuts.removeAll(keepingCapacity: true)
            pattern.appendCuts(of: text.scalars, in: range, to: &cuts)
            if inverts { for index in cuts.indices { cuts[index].isMatch.toggle() } }
            behavior.append(cuts, to: &parts)
        }
        ranges = parts
    }

    /// Puts a scalar before every word that does not begin with it.
    mutating func prepend(_ scalar: UInt32, where isMeant: (AlignedText.Origin) -> Bool) {
        let places = ranges.map(\.lowerBound).filter { text.scalars[$0] != scalar && isMeant(text.origins[$0]) }
        guard !places.isEmpty else { return }
        var done = 0
        ranges = ranges.map { range in
            let start = range.lowerBound + done
            if done < places.count && places[done] == range.lowerBound { done += 1 }
            return start..<range.upperBound + done
        }
        text.insert([scalar], at: places)
    }

    /// Writes the bytes of every scalar as letters.
    mutating func writeBytes() {
        if text.scalars.allSatisfy({ $0 < 0x80 }) {
            text.map { ByteAlphabet.letters[Int($0)] }
            return
        }
        var end = 0
        let ends =
            [0]
            + text.scalars.map { scalar in
                end += scalar.scalar.map(UTF8.width) ?? 0
                return end
            }
        ranges = ranges.map { ends[$0.lowerBound]..<ends[$0.upperBound] }
        text.flatMap(ByteAlphabet.append)
    }
}
