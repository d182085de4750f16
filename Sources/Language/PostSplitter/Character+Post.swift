/// The properties of a character, an extended grapheme cluster, that a splitter needs.
extension Character {
    /// Whether nothing of it is seen: white space, controls, marks of direction.
    var isUnseen: Bool {
        if let ascii = asciiValue { return ascii <= 32 || ascii == 127 }
        return unicodeScalars.allSatisfy {
            $0.properties.isWhitespace || $0.properties.isDefaultIgnorableCodePoint
                || $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
        }
    }

    /// Whether it may be part of a word: a letter of a script with blanks between words, a digit or a low line.
    var isWordPart: Bool {
        if let ascii = asciiValue { return Self.asciiWordParts[Int(ascii)] }
        guard let first = unicodeScalars.first, !standsAlone, !isEmojiSequence else { return false }
        switch first.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .connectorPunctuation:
            return true
        default:
            return false
        }
    }

    private static let asciiWordParts = (0..<128).map { Character(Unicode.Scalar($0)).isHandlePart }

    /// Whether it is a word by itself: an ideograph, or a letter of a script that puts no blanks between words.
    private var standsAlone: Bool {
        guard let first = unicodeScalars.first else { return false }
        if first.properties.isIdeographic { return true }
        return Self.scriptsWithoutBlanks.contains { $0.contains(first.value) }
            && first.properties.generalCategory != .decimalNumber
    }

    /// Thai and Lao, Burmese, Khmer, and Hiragana; words of Katakana are loans, and are told by what surrounds them.
    private static let scriptsWithoutBlanks: [ClosedRange<UInt32>] = [
        0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x309F,
    ]

    /// Whether it is a decimal digit of any script.
    var isDigit: Bool { unicodeScalars.first?.properties.generalCategory == .decimalNumber && !isEmojiSequence }

    /// Whether it may be in the name of a user: an ASCII letter or digit or a low line.
    var isHandlePart: Bool { isASCII && (isLetter || isNumber || self == "_") }

    /// Whether it is an apostrophe, straight or curly.
    var isApostrophe: Bool { self == "'" || self == "’" }

    /// Whether it joins the digits before and behind it to one number, date or time.
    var joinsDigits: Bool { self == "." || self == "," || self == ":" || self == "/" }

    /// Whether letters and digits are drawn as a picture, as in a keycap.
    private var isEmojiSequence: Bool {
        unicodeScalars.count > 1 && unicodeScalars.contains { $0 == "\u{FE0F}" || $0 == "\u{20E3}" }
    }
}
