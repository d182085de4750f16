/// The regular expressions by which byte-level tokenizers divide a text, as scanners.
enum ByteLevelExpression: Sendable, CaseIterable {
    /// GPT-2's (Radford et al., 2019), which RoBERTa and ModernBERT use.
    case gpt2
    /// That of `cl100k_base`, which Llama 3 uses: numbers of at most three digits.
    case threeDigits
    /// That of Qwen 2: every digit for itself.
    case singleDigits

    /// The expression as published files write it.
    var source: String {
        switch self {
        case .gpt2: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .threeDigits: Self.later(digits: "{1,3}")
        case .singleDigits: Self.later(digits: "")
        }
    }

    private static func later(digits: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"# + digits
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The end of the match that begins at a place; every place begins one.
    func matchEnd(_ text: [UInt32], _ start: Int, _ end: Int) -> Int {
        if text[start] == Self.apostrophe, let end = contractionEnd(text, start, end) { return end }
        return self == .gpt2 ? gpt2MatchEnd(text, start, end) : laterMatchEnd(text, start, end)
    }

    private static let apostrophe: UInt32 = 0x27
    private static let space: UInt32 = 0x20

    private func gpt2MatchEnd(_ text: [UInt32], _ start: Int, _ end: Int) -> Int {
        let first = text[start] == Self.space && start + 1 < end ? start + 1 : start
        let kind = ScalarKind(text[first])
        guard kind != .blank else { return blanksEnd(text, start, end) }
        return runEnd(of: kind, text, first, end)
    }

    private func laterMatchEnd(_ text: [UInt32], _ start: Int, _ end: Int) -> Int {
        let kind = ScalarKind(text[start])
        if kind == .letter { return runEnd(of: .letter, text, start, end) }
        if kind == .number {
            return self == .singleDigits ? start + 1 : runEnd(of: .number, text, start, min(end, start + 3))
        }
        if start + 1 < end, ScalarKind(text[start + 1]) == .letter, !Self.isLineEnd(text[start]) {
            return runEnd(of: .letter, text, start + 1, end)
        }
        let first = text[start] == Self.space && start + 1 < end ? start + 1 : start
        if ScalarKind(text[first]) == .other {
            var position = runEnd(of: .other, text, first, end)
            while position < end && Self.isLineEnd(text[position]) { position += 1 }
            return position
        }
        let stop = runEnd(of: .blank, text, start, end)
        if let last = text[start..<stop].lastIndex(where: Self.isLineEnd) { return last + 1 }
        return blanksEnd(text, start, end)
    }

    /// `\s+(?!\S)|\s+`: white space, but for the last of several before a word.
    private func blanksEnd(_ text: [UInt32], _ start: Int, _ end: Int) -> Int {
        let stop = runEnd(of: .blank, text, start, end)
        return stop == end || stop == start + 1 ? stop : stop - 1
    }

    private func runEnd(of kind: ScalarKind, _ text: [UInt32], _ start: Int, _ end: Int) -> Int {
        var position = start + 1
        while position < end && ScalarKind(text[position]) == kind { position += 1 }
        return position
    }

    private static func isLineEnd(_ scalar: UInt32) -> Bool { scalar == 0x0A || scalar == 0x0D }

    /// `'s|'t|'re|'ve|'m|'ll|'d`, in capitals too but in GPT-2's.
    private func contractionEnd(_ text: [UInt32], _ start: Int, _ end: Int) -> Int? {
        func letter(_ offset: Int) -> UInt8? {
            guard start + offset < end else { return nil }
            let scalar = text[start + offset]
            if self != .gpt2 {
                if scalar == 0x17F { return UInt8(ascii: "s") }
                if (0x41...0x5A).contains(scalar) { return UInt8(scalar + 0x20) }
            }
            return UInt8(exactly: scalar)
        }
        switch (letter(1), letter(2)) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return start + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }
}
