// Words that have a form of their own. Each function gives the end of the word that begins at `start`, if there is one.
extension PostScanner {
    /// `https://…`, `www.…`, `example.com`, `pic.twitter.com/…`
    func link(at start: Int) -> Int? {
        guard let first = self[start], first.isASCII, first.isHandlePart, !isWordPart(start - 1) else { return nil }
        let scheme = end(from: start, limit: 8) { $0.isASCII && $0.isLetter }
        let hasScheme = scheme > start && self[scheme] == ":" && self[scheme + 1] == "/" && self[scheme + 2] == "/"
        let body = hasScheme ? scheme + 3 : domain(at: start)
        guard let body, hasScheme || self[body] == "/" || isFamiliarDomain(start..<body) else { return nil }
        guard hasScheme || self[body] == "/" else { return body }
        var end = end(from: body) { !$0.isUnseen && !Self.linkDelimiters.contains($0) }
        var unclosed = characters[body..<end].reduce(0) { $1 == "(" ? $0 + 1 : $1 == ")" ? $0 - 1 : $0 }
        while end > body, Self.trailingMarks.contains(characters[end - 1]) {
            if characters[end - 1] == ")" {
                guard unclosed < 0 else { break }
                unclosed += 1
            }
            end -= 1
        }
        return end > body || !hasScheme ? end : nil
    }

    private static let linkDelimiters: Set<Character> = ["<", ">", "\"", "“", "”"]
    private static let trailingMarks: Set<Character> = [".", ",", "!", "?", ";", ":", "'", "’", ")", "]", "}", "*"]

    /// The end of labels joined by dots, of which the last is made of letters.
    private func domain(at start: Int) -> Int? {
        let end = end(from: start, limit: 253) { $0.isHandlePart || $0 == "." || $0 == "-" }
        guard let dot = characters[start..<end].lastIndex(of: "."), dot > start, end - dot > 2,
            characters[(dot + 1)..<end].allSatisfy(\.isLetter), !isWordPart(end)
        else { return nil }
        return end
    }

    private func isFamiliarDomain(_ range: Range<Int>) -> Bool {
        let text = String(characters[range]).lowercased()
        return text.hasPrefix("www.") || Self.familiarEndings.contains { text.hasSuffix($0) }
    }

    private static let familiarEndings = [".com", ".org", ".net", ".edu", ".gov", ".co.uk", ".io", ".tv", ".info"]

    /// `me@example.org`
    func emailAddress(at start: Int) -> Int? {
        let at = end(from: start, limit: 64) { $0.isHandlePart || $0 == "." || $0 == "-" || $0 == "+" }
        guard at > start, self[at] == "@", characters[start].isHandlePart, !isWordPart(start - 1) else { return nil }
        return domain(at: at + 1)
    }

    /// `@name`
    func mention(at start: Int) -> Int? {
        guard self[start] == "@" else { return nil }
        let end = end(from: start + 1, while: \.isHandlePart)
        return end > start + 1 ? end : nil
    }

    /// `&amp;` and other entities of HTML.
    func entity(at start: Int) -> Int? {
        guard self[start] == "&" else { return nil }
        let name = self[start + 1] == "#" ? start + 2 : start + 1
        let end = end(from: name, limit: 8, while: \.isHandlePart)
        return end > name && self[end] == ";" ? end + 1 : nil
    }

    /// `:-)` and its like, longest first.
    func emoticon(at start: Int) -> Int? {
        guard let first = self[start], let candidates = Emoticon.byFirst[first] else { return nil }
        return candidates.first { emoticon in
            let end = start + emoticon.count
            guard end <= characters.count, characters[start..<end].elementsEqual(emoticon) else { return false }
            let endsInWord = characters[end - 1].isWordPart
            if endsInWord || first.isWordPart, isWordPart(start - 1) { return false }
            return !(endsInWord && isWordPart(end)) && !(characters[end - 1] == "/" && self[end] == "/")
        }.map { start + $0.count }
    }

    /// `'s` and its like, cut off already.
    func clitic(at start: Int) -> Int? {
        guard let first = self[start], first.isApostrophe, !isWordPart(start - 1) else { return nil }
        let end = end(from: start + 1, limit: 3, while: \.isWordPart)
        return Contraction.isClitic(characters[start..<end]) ? end : nil
    }

    /// `U.S.`, `Mr.`, and the `W.` of a name.
    func abbreviation(at start: Int) -> Int? {
        guard let first = self[start], first.isASCII, first.isLetter, !isWordPart(start - 1) else { return nil }
        var end = start
        while let letter = self[end], letter.isASCII, letter.isLetter, self[end + 1] == "." { end += 2 }
        if end > start + 2, !isWordPart(end) { return end }
        if end == start + 2, first.isUppercase, first != "I", self[end]?.isUnseen == true,
            self[end + 1]?.isUppercase == true
        {
            return end
        }
        let dot = self.end(from: start, limit: 6) { $0.isASCII && $0.isLetter }
        guard self[dot] == ".", Self.abbreviations.contains(String(characters[start..<dot]).lowercased()),
            !isWordPart(dot + 1), self[dot + 1] != "."
        else { return nil }
        return dot + 1
    }

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "rev", "sen", "rep", "gov", "gen", "capt", "lt", "mt",
        "bros", "inc", "corp", "ltd", "ft", "feat",
    ]

    /// `...` and `--`
    func repeatedMark(at start: Int) -> Int? {
        guard let mark = self[start], mark == "." || mark == "-" else { return nil }
        let end = end(from: start) { $0 == mark }
        return end > start + 1 ? end : nil
    }
}

/// Faces and hearts drawn with punctuation marks.
enum Emoticon {
    /// The emoticons that begin with a character, longest first.
    static let byFirst: [Character: [[Character]]] = Dictionary(grouping: all.map(Array.init), by: { $0[0] })
        .mapValues { $0.sorted { $0.count > $1.count } }

    private static let all: [String] =
        faces + [
            "<3", "</3", "xD", "XD", "xP", "XP", "D:", "^_^", "^^", "-_-", "~_~", "o_o", "O_O", "o_O", "O_o", "T_T",
            ">_<",
            ">:(", ">:)", ":'(", ":')", ":’(", ":’)", "\\o/", "(:", "):", "¯\\_(ツ)_/¯",
        ]

    /// Eyes, perhaps a nose, and a mouth.
    private static let faces: [String] = [":", ";", "="].flatMap { eyes in
        ["", "-"].flatMap { nose in
            [")", "(", "]", "[", "D", "P", "p", "/", "\\", "|", "*", "O", "o", "3"].map { eyes + nose + $0 }
        }
    }
}
