/// English words that the data sets cut in two, as the Penn Treebank does.
enum Contraction {
    /// The parts of a word; the whole word where it is none.
    static func parts(of word: ArraySlice<Character>) -> ArraySlice<Range<Int>> {
        var parts: [Range<Int>] = []
        var rest = word
        while let cut = cut(of: rest) {
            parts.append(cut..<rest.endIndex)
            rest = rest[..<cut]
        }
        parts.append(rest.startIndex..<rest.endIndex)
        return parts.reversed()[...]
    }

    /// Whether it is an apostrophe and what is contracted: `'s`, `'ll`.
    static func isClitic(_ word: ArraySlice<Character>) -> Bool {
        guard word.first?.isApostrophe == true else { return false }
        return clitics.contains(String(word.dropFirst()).lowercased())
    }

    /// The start of the last part of a word.
    private static func cut(of word: ArraySlice<Character>) -> Int? {
        let tail = word.suffix(3)
        guard word.count <= longest else { return nil }
        if word.count > 3, tail.first?.lowercased() == "n", tail.dropFirst().first?.isApostrophe == true,
            tail.last?.lowercased() == "t"
        {
            return tail.startIndex
        }
        if let apostrophe = tail.firstIndex(where: \.isApostrophe), apostrophe > word.startIndex {
            return isClitic(word[apostrophe...]) ? apostrophe : nil
        }
        return merged.contains(String(word).lowercased()) ? word.startIndex + 3 : nil
    }

    /// No contraction is longer; this keeps long words cheap.
    private static let longest = 64
    private static let clitics: Set<String> = ["s", "m", "d", "ll", "re", "ve"]
    private static let merged: Set<String> = ["cannot", "gonna", "gotta", "wanna", "gimme", "lemme"]
}
