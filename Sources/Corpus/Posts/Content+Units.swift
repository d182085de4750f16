extension Post.Content {
    /// The tokens, or the Unicode scalars of a raw text, by their offsets.
    var units: Units {
        switch self {
        case .tokens(let tokens): .tokens(tokens)
        case .text(let text): .scalars(Array(text.unicodeScalars))
        }
    }

    /// What offsets count.
    enum Units {
        case tokens([String])
        case scalars([Unicode.Scalar])

        private func isBlank(_ offset: Int) -> Bool {
            switch self {
            case .tokens(let tokens): tokens[offset].isBlank
            case .scalars(let scalars): scalars[offset].properties.isWhitespace
            }
        }

        /// A range without white space at its edges; nil where nothing else is in it.
        func trimmed(_ range: Range<Int>) -> Range<Int>? {
            guard let first = range.first(where: { !isBlank($0) }), let last = range.last(where: { !isBlank($0) })
            else { return nil }
            return first..<last + 1
        }

        /// The words of a raw text at whose letters a range begins or ends within; nil where it cuts none.
        func wordsCut(by range: Range<Int>) -> String? {
            guard case .scalars(let scalars) = self else { return nil }
            func isWithinWord(_ offset: Int) -> Bool {
                offset > 0 && offset < scalars.count && scalars[offset - 1].joins && scalars[offset].joins
            }
            guard isWithinWord(range.lowerBound) || isWithinWord(range.upperBound) else { return nil }
            var (start, end) = (range.lowerBound, range.upperBound)
            while isWithinWord(start) { start -= 1 }
            while isWithinWord(end) { end += 1 }
            return String(String.UnicodeScalarView(scalars[start..<end]))
        }
    }
}

extension Unicode.Scalar {
    /// Whether it makes one word with a neighbour that does too: letters, marks and digits of scripts with spaces.
    fileprivate var joins: Bool {
        guard !properties.isIdeographic else { return false }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .enclosingMark, .decimalNumber:
            return true
        default: return false
        }
    }
}
