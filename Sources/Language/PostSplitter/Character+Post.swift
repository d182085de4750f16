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

    /// Whether it may be part of a word: a letter that is not an ideograph, a digit or a low line.
    var isWordPart: Bool {
        if let ascii = asciiValue { return Self.asciiWordParts[Int(ascii)] }
        guard let first = unicodeScalars.first, !isIdeograph, !isEmojiSequence else { return false }
        switch first.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .connectorPunctuation:
            return true
        default:
            return false
        }
    }

    private static let asciiWordParts = (0..<128).map { Character(Unicode.Scalar($0)).isHandlePart }

    /// Whether it is written without blanks around it, a word by itself.
    var isIdeograph: Bool { unicodeScalars.first?.properties.isIdeographic ?? false }

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
