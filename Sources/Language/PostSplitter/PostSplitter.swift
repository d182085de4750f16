/// Splits raw posts into words, the way the published data sets are split.
///
/// The conventions are those of MNRE, which agree with most of Twitter-15 and Twitter-17 wherever these differ:
///
/// | raw | words |
/// |---|---|
/// | `@Harry_Styles` | one word (as in Twitter-15 and MNRE) |
/// | `#NBAAwards` | `#` and `NBAAwards` (as in Twitter-17 and MNRE) |
/// | `https://t.co/15beLF6Ajw`, `me@example.org` | one word |
/// | `don't`, `Bill's`, `gonna` | `do` `n't`, `Bill` `'s`, `gon` `na`; but `O'Brien` |
/// | `K-pop`, `A/C` | `K` `-` `pop`, `A` `/` `C` |
/// | `10,000`, `3.5`, `7:00`, `12/04/18`, `4th` | one word |
/// | `U.S.`, `p.m.`, `Mr.` | one word |
/// | `...` | one word; any other punctuation mark is one by itself |
/// | `:-)`, `<3`, `xD` | one word |
/// | an emoji with its skin tone, flag halves or joined parts | one word |
/// | an ideograph; a letter, with its marks, of Thai, Lao, Burmese, Khmer or Hiragana | one word |
/// | a run of letters of any other script | one word |
/// | `&amp;` | one word |
///
/// White space and characters that are not seen (controls, direction marks) separate words and belong to none; every
/// other character belongs to exactly one. The work is linear in the length of the text.
public struct PostSplitter: Sendable {
    /// A splitter.
    public init() {}

    /// The words of a text, in order.
    public func callAsFunction(_ text: String) -> [SplitWord] {
        let characters = Array(text)
        var words: [SplitWord] = []
        var scanner = PostScanner(characters)
        var offset = 0
        var counted = 0
        while let range = scanner.next() {
            let start = offset + characters[counted..<range.lowerBound].reduce(0) { $0 + $1.unicodeScalars.count }
            let word = characters[range]
            let end = start + word.reduce(0) { $0 + $1.unicodeScalars.count }
            words.append(SplitWord(text: String(word), start: start, end: end))
            (offset, counted) = (end, range.upperBound)
        }
        return words
    }
}

/// A word of a raw text and its place there.
public struct SplitWord: Hashable, Sendable {
    /// The word as written.
    public let text: String
    /// The offset of its first Unicode scalar.
    public let start: Int
    /// The offset behind its last Unicode scalar.
    public let end: Int

    /// A word of a raw text.
    public init(text: String, start: Int, end: Int) {
        self.text = text
        self.start = start
        self.end = end
    }
}
