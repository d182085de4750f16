/// A part of a text: what a pattern found, or what is between.
struct Cut {
    var range: Range<Int>
    var isMatch: Bool
}

/// What a text is searched for.
enum SplitPattern: Sendable {
    /// Some scalars, one after the other.
    case literal([UInt32])
    /// Every single scalar of a class.
    case each(ScalarClass)
    /// The longest runs of a class of scalars, of two kinds: `\w+|[^\w\s]+`.
    case words
    /// Runs of blanks, as long as can be, of at least so many: ` {2,}`.
    case blanks(atLeast: Int)
    /// Runs of white space: `\s+`.
    case whiteSpace
    /// Runs of at least two of white space, and single tabs and line ends: `\s{2,}|[\n\r\t]`.
    case doubledWhiteSpace
    /// Runs without white space, with one line end behind, where white space is what Python's `str.isspace` says: `\S+\n?`.
    case pythonWords
    /// The division of GPT-2 or of its successors.
    case byteLevel(ByteLevelExpression)

    /// Appends the parts of a range of a text, which cover it.
    func appendCuts(of text: [UInt32], in range: Range<Int>, to cuts: inout [Cut]) {
        var position = range.lowerBound
        var unmatched = position
        while position < range.upperBound {
            guard let end = matchEnd(text, position, range.upperBound), end > position else {
                position += 1
                continue
            }
            if unmatched < position { cuts.append(Cut(range: unmatched..<position, isMatch: false)) }
            cuts.append(Cut(range: position..<end, isMatch: true))
            (position, unmatched) = (end, end)
        }
        if unmatched < range.upperBound { cuts.append(Cut(range: unmatched..<range.upperBound, isMatch: false)) }
    }

    /// The end of the match that begins at a place; nil where none does.
    private func matchEnd(_ text: [UInt32], _ start: Int, _ end: Int) -> Int? {
        func run(_ isPart: (UInt32) -> Bool) -> Int {
            var position = start
            while position < end && isPart(text[position]) { position += 1 }
            return position
        }
        switch self {
        case .literal(let scalars):
            guard end - start >= scalars.count, text[start] == scalars.first else { return nil }
            return text[start..<start + scalars.count].elementsEqual(scalars) ? start + scalars.count : nil
        case .each(let kind): return kind.contains(text[start]) ? start + 1 : nil
        case .words:
            if text[start].isBlank { return nil }
            let isWord = ScalarClass.word.contains(text[start])
            return run { isWord ? ScalarClass.word.contains($0) : !ScalarClass.word.contains($0) && !$0.isBlank }
        case .blanks(let count):
            let stop = run { $0 == 0x20 }
            return stop - start >= count ? stop : nil
        case .whiteSpace: return run(\.isBlank)
        case .doubledWhiteSpace:
            let stop = run(\.isBlank)
            return stop - start > 1 || [0x09, 0x0A, 0x0D].contains(text[start]) ? stop : nil
        case .pythonWords:
            let stop = run { !$0.isBlank && !(0x1C...0x1F).contains($0) }
            return stop > start && stop < end && text[stop] == 0x0A ? stop + 1 : stop
        case .byteLevel(let expression): return expression.matchEnd(text, start, end)
        }
    }
}

/// What becomes of the parts that a pattern cuts a text into.
enum SplitBehavior: String, Sendable, CaseIterable {
    /// What was found is dropped.
    case removed = "Removed"
    /// What was found is a part of its own.
    case isolated = "Isolated"
    /// What was found belongs to the part before.
    case mergedWithPrevious = "MergedWithPrevious"
    /// What was found belongs to the part that follows.
    case mergedWithNext = "MergedWithNext"
    /// Matches that follow one another are one part.
    case contiguous = "Contiguous"

    /// Appends the parts that are left.
    func append(_ cuts: [Cut], to ranges: inout [Range<Int>]) {
        for (index, cut) in cuts.enumerated() where self != .removed || !cut.isMatch {
            if index > 0, joins(cuts[index - 1], cut) {
                ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<cut.range.upperBound
            } else {
                ranges.append(cut.range)
            }
        }
    }

    /// Whether a part belongs to the one before.
    private func joins(_ last: Cut, _ cut: Cut) -> Bool {
        switch self {
        case .removed, .isolated: false
        case .contiguous: last.isMatch == cut.isMatch
        case .mergedWithPrevious: cut.isMatch && !last.isMatch
        case .mergedWithNext: !cut.isMatch && last.isMatch
        }
    }
}
