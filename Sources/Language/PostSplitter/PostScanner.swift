/// Finds the next word of a text, again and again.
struct PostScanner {
    let characters: [Character]
    private var position = 0
    /// The rest of a word that was cut into several.
    private var pending: ArraySlice<Range<Int>> = []

    init(_ characters: [Character]) {
        self.characters = characters
    }

    /// The next word's characters, or nil where there are no more.
    mutating func next() -> Range<Int>? {
        if let part = pending.popFirst() { return part }
        while let character = self[position], character.isUnseen { position += 1 }
        guard position < characters.count else { return nil }
        let start = position
        if let end = fixedWord(at: start) {
            position = end
            return start..<end
        }
        position = plainWord(at: start)
        pending = Contraction.parts(of: characters[start..<position])
        return pending.popFirst()
    }

    /// The end of a word that has a form of its own, or nil where none begins here.
    private func fixedWord(at start: Int) -> Int? {
        link(at: start) ?? emailAddress(at: start) ?? emoticon(at: start) ?? mention(at: start) ?? entity(at: start)
            ?? clitic(at: start) ?? abbreviation(at: start) ?? repeatedMark(at: start)
    }

    /// The end of a run of letters and digits, else of a single character.
    private func plainWord(at start: Int) -> Int {
        guard let first = self[start], first.isWordPart else { return start + 1 }
        var end = start + 1
        while let character = self[end] {
            if character.isWordPart {
                end += 1
            } else if let next = self[end + 1], next.isWordPart, let last = self[end - 1],
                character.isApostrophe
                    ? last.isLetter && next.isLetter
                    : character.joinsDigits && last.isDigit
                        && next.isDigit
            {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    subscript(index: Int) -> Character? {
        characters.indices.contains(index) ? characters[index] : nil
    }

    func isWordPart(_ index: Int) -> Bool { self[index]?.isWordPart ?? false }

    /// The first index from `start` on, but no further than `limit` characters, where the condition fails.
    func end(from start: Int, limit: Int = .max, while holds: (Character) -> Bool) -> Int {
        var end = start
        while end - start < limit, let character = self[end], holds(character) { end += 1 }
        return end
    }
}
