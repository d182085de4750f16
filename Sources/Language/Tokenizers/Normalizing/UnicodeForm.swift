import Foundation

/// The normalisation forms of Unicode (Unicode Standard Annex #15).
///
/// The `tokenizers` library, whose ids are the standard, normalises by Unicode 9; what was assigned later stays as it is.
enum UnicodeForm: String, Sendable, CaseIterable {
    case canonicalDecomposition = "NFD"
    case compatibilityDecomposition = "NFKD"
    case canonicalComposition = "NFC"
    case compatibilityComposition = "NFKC"

    private typealias Change = AlignedText.Change

    /// Puts a text into this form.
    func normalize(_ text: inout AlignedText) {
        guard text.scalars.contains(where: { $0 >= firstChanged }) else { return }
        let decomposed = decomposition(of: text.scalars)
        text.apply(composes ? Self.composition(of: decomposed) : decomposed)
    }

    private var composes: Bool { self == .canonicalComposition || self == .compatibilityComposition }
    private var isCompatible: Bool { self == .compatibilityComposition || self == .compatibilityDecomposition }

    /// The first scalar that this form may change, alone or beside others.
    private var firstChanged: UInt32 {
        switch self {
        case .canonicalDecomposition: 0xC0
        case .canonicalComposition: 0x300
        case .compatibilityComposition, .compatibilityDecomposition: 0xA0
        }
    }

    /// The full decomposition, marks in canonical order.
    private func decomposition(of scalars: [UInt32]) -> [Change] {
        var changes: [Change] = []
        changes.reserveCapacity(scalars.count)
        /// The first of the marks that may be out of order.
        var firstMark = 0
        var isSorted = true
        var lastClass: UInt8 = 0
        func endMarks() {
            guard !isSorted else { return }
            let sorted = changes[firstMark...].enumerated().map { (Self.table[$1.scalar].combiningClass, $0, $1) }
                .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            changes.replaceSubrange(firstMark..., with: sorted.map(\.2))
            isSorted = true
        }
        func append(_ scalar: UInt32, _ count: Int) {
            let combiningClass = scalar < 0x300 ? 0 : Self.table[scalar].combiningClass
            if combiningClass == 0 {
                endMarks()
                changes.append(Change(scalar: scalar, count: count))
                firstMark = changes.count
            } else {
                if combiningClass < lastClass { isSorted = false }
                changes.append(Change(scalar: scalar, count: count))
            }
            lastClass = combiningClass
        }
        for scalar in scalars {
            if scalar < 0xA0 {
                append(scalar, 0)
            } else if let syllable = HangulSyllable(scalar) {
                for (index, part) in syllable.parts.enumerated() { append(part, min(index, 1)) }
            } else {
                let entry = Self.table[scalar]
                let parts = isCompatible ? entry.compatible ?? entry.canonical : entry.canonical
                guard let parts else {
                    append(scalar, 0)
                    continue
                }
                for (index, part) in parts.enumerated() { append(part, min(index, 1)) }
            }
        }
        endMarks()
        return changes
    }

    /// The canonical composition of a decomposed text.
    private static func composition(of changes: [Change]) -> [Change] {
        var result: [Change] = []
        result.reserveCapacity(changes.count)
        /// The place of the last starter in the result.
        var starter: Int?
        /// The combining class of the last scalar behind the starter that was not composed.
        var lastClass: UInt8?
        for change in changes {
            let combiningClass = change.scalar < 0x300 ? 0 : table[change.scalar].combiningClass
            if let starter, lastClass.map({ $0 < combiningClass }) ?? true,
                let composed = table.composition(result[starter].scalar, change.scalar)
            {
                result[starter] = Change(scalar: composed, count: result[starter].count + change.count - 1)
                continue
            }
            if combiningClass == 0 {
                (starter, lastClass) = (result.count, nil)
            } else {
                lastClass = combiningClass
            }
            result.append(change)
        }
        return result
    }

    /// Whether a scalar is a mark: nonspacing, spacing or enclosing.
    static func isCombiningMark(_ scalar: UInt32) -> Bool {
        scalar >= 0x300 && (table[scalar].isMark || variationSelectors.contains(scalar))
    }

    /// The marks beyond the table.
    private static let variationSelectors: ClosedRange<UInt32> = 0xE0100...0xE01EF

    private static let table = DecompositionTable()
}

/// A syllable of Hangul, which is decomposed by arithmetic (The Unicode Standard, section 3.12).
private struct HangulSyllable {
    static let (first, leading, vowel, trailing): (UInt32, UInt32, UInt32, UInt32) = (0xAC00, 0x1100, 0x1161, 0x11A7)

    let parts: [UInt32]

    init?(_ scalar: UInt32) {
        guard (Self.first...0xD7A3).contains(scalar) else { return nil }
        let index = scalar - Self.first
        let tail = index % 28
        parts = [Self.leading + index / 588, Self.vowel + index % 588 / 28] + (tail > 0 ? [Self.trailing + tail] : [])
    }

    /// The syllable of two parts.
    static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (leading..<leading + 19).contains(first), (vowel..<vowel + 21).contains(second) {
            return Self.first + ((first - leading) * 21 + second - vowel) * 28
        }
        if (Self.first...0xD7A3).contains(first), (first - Self.first).isMultiple(of: 28),
            (trailing + 1..<trailing + 28).contains(second)
        {
            return first + second - trailing
        }
        return nil
    }
}

/// What the forms need to know of every scalar of Unicode 9 but Hangul's syllables.
private struct DecompositionTable: Sendable {
    struct Entry: Sendable {
        var combiningClass: UInt8 = 0
        var isMark = false
        var canonical: [UInt32]?
        var compatible: [UInt32]?
    }

    private var entries: [Entry] = [Entry()]
    /// The entry of each scalar; most share the first.
    private var indices = [UInt16](repeating: 0, count: 0x30000)
    private var compositions = NumberTable(capacity: 1_000)

    subscript(scalar: UInt32) -> Entry {
        scalar < 0x30000 ? entries[Int(indices[Int(scalar)])] : Entry()
    }

    func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if let composed = compositions[UInt64(first) << 32 | UInt64(second)] { return UInt32(composed) }
        return HangulSyllable.composition(first, second)
    }

    init() {
        let ideographs: ClosedRange<UInt32> = 0x3400...0x9FFF
        for value in UInt32(0xA0)..<0x30000 where !ideographs.contains(value) && HangulSyllable(value) == nil {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major <= 9 else { continue }
            var entry = Entry(
                combiningClass: scalar.properties.canonicalCombiningClass.rawValue,
                isMark: scalar.isMark)
            let string = String(scalar)
            entry.canonical = string.decomposedStringWithCanonicalMapping.scalarsUnless(scalar)
            entry.compatible = string.decomposedStringWithCompatibilityMapping.scalarsUnless(scalar)
            guard entry.combiningClass > 0 || entry.isMark || entry.canonical != nil || entry.compatible != nil else {
                continue
            }
            indices[Int(value)] = UInt16(entries.count)
            entries.append(entry)
            addComposition(of: scalar, entry)
        }
    }

    /// Adds the pair that a scalar is the composition of, if it is one.
    private mutating func addComposition(of scalar: Unicode.Scalar, _ entry: Entry) {
        guard let parts = entry.canonical, parts.count > 1, let last = parts.last,
            !scalar.properties.isFullCompositionExclusion
        else { return }
        let first = String(String.UnicodeScalarView(parts.dropLast().compactMap(Unicode.Scalar.init)))
            .precomposedStringWithCanonicalMapping.scalarValues
        if first.count == 1 { compositions[UInt64(first[0]) << 32 | UInt64(last)] = UInt64(scalar.value) }
    }
}

extension String {
    /// The scalars, or nil where they are one alone.
    fileprivate func scalarsUnless(_ scalar: Unicode.Scalar) -> [UInt32]? {
        let values = scalarValues
        return values == [scalar.value] ? nil : values
    }
}

extension Unicode.Scalar {
    /// Whether it is a mark in Unicode 9; three scalars have changed since.
    fileprivate var isMark: Bool {
        switch self {
        case "\u{1CF2}", "\u{1CF3}": true
        case "\u{111C9}": false
        default:
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: true
            default: false
            }
        }
    }
}
