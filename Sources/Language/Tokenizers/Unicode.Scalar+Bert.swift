import Foundation

// The `tokenizers` library, whose ids are the standard, classifies scalars by Unicode 8: what was assigned later is
// neither punctuation nor mark there. It decomposes by Unicode 9. The ages that Swift knows reproduce both; the
// scalars whose category has changed since are listed one by one.
extension Unicode.Scalar {
    /// Whether cleaning removes it: a control, format or private-use character, a NUL or a replacement character.
    var isBertControl: Bool {
        switch self {
        case "\t", "\n", "\r": false
        case "\0", "\u{FFFD}": true
        default:
            switch unicode8Category {
            case .control, .format, .privateUse: true
            default: false
            }
        }
    }

    /// Whether it is a word of its own: any ASCII symbol, any punctuation of Unicode.
    var isBertPunctuation: Bool {
        switch self {
        case "!"..."/", ":"..."@", "["..."`", "{"..."~", "\u{166D}", "\u{111C9}": true
        default:
            switch unicode8Category {
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
                .initialPunctuation, .finalPunctuation, .otherPunctuation:
                true
            default: false
            }
        }
    }

    /// Whether stripping accents removes it.
    var isBertNonspacingMark: Bool {
        switch self {
        case "\u{1734}", "\u{1171E}": true
        case "\u{1885}", "\u{1886}", "\u{A9BD}", "\u{111C9}": false
        default: unicode8Category == .nonspacingMark
        }
    }

    /// Whether it is an ideograph, which is a word of its own.
    var isBertIdeograph: Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    /// Its full canonical decomposition.
    var bertDecomposition: [Unicode.Scalar] {
        isAssigned(inUnicode: 9)
            ? Array(String(self).decomposedStringWithCanonicalMapping.unicodeScalars) : [self]
    }

    /// Its place among the marks of its base: lower classes first; 0 for a base.
    var bertCombiningClass: UInt8 {
        isAssigned(inUnicode: 9) ? properties.canonicalCombiningClass.rawValue : 0
    }

    private var unicode8Category: Unicode.GeneralCategory {
        isAssigned(inUnicode: 8) ? properties.generalCategory : .unassigned
    }

    private func isAssigned(inUnicode major: Int) -> Bool {
        properties.age.map { $0.major <= major } ?? false
    }
}
