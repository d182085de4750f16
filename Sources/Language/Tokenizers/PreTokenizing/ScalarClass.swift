/// A class of scalars that pre-tokenizers tell apart.
enum ScalarClass: Sendable, Hashable {
    /// White space.
    case blank
    /// ASCII symbols and Unicode's punctuation.
    case punctuation
    /// Numbers of all kinds: digits, letters as numbers, fractions.
    case number
    /// What `\w` of Rust's regular expressions finds: letters, marks, decimal digits, connectors, joiners.
    case word

    /// Whether a scalar is of this class.
    func contains(_ scalar: UInt32) -> Bool {
        switch self {
        case .blank: scalar.isBlank
        case .punctuation: scalar.scalar?.isBertPunctuation ?? false
        case .number: scalar < 0x80 ? (0x30...0x39).contains(scalar) : scalar.scalar?.isNumber ?? false
        case .word: scalar.scalar?.isWordPart ?? false
        }
    }
}

/// The kinds of scalars that the regular expressions of byte-level tokenizers tell apart.
///
/// The regular expressions of the `tokenizers` library know Unicode 16; what was assigned later is no letter there.
enum ScalarKind: UInt8, Sendable {
    case letter, number, blank, other

    init(_ scalar: UInt32) {
        self = scalar < 0x20000 ? Self.table[Int(scalar)] : scalar.scalar.map(Self.init(of:)) ?? .other
    }

    /// The version of Unicode that the expressions know.
    static let unicode = 16

    private static let table = (0..<UInt32(0x20000)).map { $0.scalar.map(ScalarKind.init(of:)) ?? .other }

    private init(of scalar: Unicode.Scalar) {
        guard let age = scalar.properties.age, age.major <= Self.unicode else {
            self = .other
            return
        }
        self =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
            case .decimalNumber, .letterNumber, .otherNumber: .number
            default: scalar.properties.isWhitespace ? .blank : .other
            }
    }
}

extension Unicode.Scalar {
    fileprivate var isNumber: Bool {
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    fileprivate var isWordPart: Bool {
        if isASCII { return self == "_" || ("0"..."9").contains(self) || properties.isAlphabetic }
        guard let age = properties.age, age.major <= ScalarKind.unicode else { return false }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: properties.isAlphabetic || properties.isJoinControl
        }
    }
}
