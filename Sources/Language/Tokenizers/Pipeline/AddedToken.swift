/// A token that is looked for in the text itself, before it is cut into words.
struct AddedToken: Sendable, Hashable {
    /// The token as written.
    var content: String
    var id: Int
    /// Whether it is found between what are no parts of words alone.
    var isWord = false
    /// Whether white space before it belongs to it.
    var stripsLeft = false
    /// Whether white space behind it belongs to it.
    var stripsRight = false
    /// Whether it is looked for in the normalised text.
    var isNormalized = false
    /// Whether it means no text.
    var isSpecial = true
}

/// Finds added tokens in a text: at every place the longest one.
struct AddedTokenFinder: Sendable {
    /// A part of a text: an added token, or text between.
    struct Part {
        var token: AddedToken?
        var range: Range<Int>
    }

    private var trie = ScalarTrie()
    private var tokens: [AddedToken] = []

    /// Whether there is nothing to be found.
    var isEmpty: Bool { tokens.isEmpty }

    /// Adds a token; of equal ones the first counts.
    /// - Parameter scalars: the token as it stands in the text that is searched.
    mutating func insert(_ token: AddedToken, as scalars: [UInt32]) {
        guard trie.id(of: scalars) == nil else { return }
        trie.insert(scalars, id: tokens.count)
        tokens.append(token)
    }

    /// The parts of a text, in order; none is empty.
    func parts(of text: [UInt32], in range: Range<Int>) -> [Part] {
        guard !isEmpty else { return range.isEmpty ? [] : [Part(range: range)] }
        var parts: [Part] = []
        var (position, done) = (range.lowerBound, range.lowerBound)
        while position < range.upperBound {
            guard let match = trie.longestMatch(in: text, position..<range.upperBound) else {
                position += 1
                continue
            }
            let token = tokens[match.id]
            defer { position = match.end }
            if token.isWord && !standsAlone(text, position..<match.end, in: range) { continue }
            var (start, end) = (position, match.end)
            while token.stripsLeft && start > done && text[start - 1].isBlank { start -= 1 }
            while token.stripsRight && end < range.upperBound && text[end].isBlank { end += 1 }
            start = max(start, done)
            if done < start { parts.append(Part(range: done..<start)) }
            parts.append(Part(token: token, range: start..<max(start, end)))
            done = max(start, end)
        }
        if done < range.upperBound { parts.append(Part(range: done..<range.upperBound)) }
        return parts
    }

    /// Whether no part of a word touches a match.
    private func standsAlone(_ text: [UInt32], _ match: Range<Int>, in range: Range<Int>) -> Bool {
        let touchesLeft = match.lowerBound > range.lowerBound && ScalarClass.word.contains(text[match.lowerBound - 1])
        let touchesRight = match.upperBound < range.upperBound && ScalarClass.word.contains(text[match.upperBound])
        return !touchesLeft && !touchesRight
    }
}
