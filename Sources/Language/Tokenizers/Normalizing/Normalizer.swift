/// A change of a text before it is cut into words.
indirect enum Normalizer: Sendable {
    /// One after the other.
    case sequence([Normalizer])
    /// BERT's cleaning.
    case bert(NormalizerOptions)
    /// A normalisation form of Unicode.
    case form(UnicodeForm)
    /// Small letters.
    case lowercase
    /// Removes combining marks.
    case stripAccents
    /// Removes blanks at the ends.
    case strip(left: Bool, right: Bool)
    /// Puts scalars in the place of what a pattern finds.
    case replace(SplitPattern, with: [UInt32])
    /// Puts scalars before a text that is not empty.
    case prepend([UInt32])
    /// The character map of a SentencePiece model.
    case characterMap(CharacterMap)

    /// Changes the text.
    func normalize(_ text: inout AlignedText) {
        switch self {
        case .sequence(let parts): for part in parts { part.normalize(&text) }
        case .bert(let options): options.normalize(&text)
        case .form(let form): form.normalize(&text)
        case .lowercase: text.lowercase()
        case .stripAccents: text.filter { !UnicodeForm.isCombiningMark($0) }
        case .strip(let left, let right): text.strip(left: left, right: right)
        case .replace(let pattern, let replacement):
            var cuts: [Cut] = []
            pattern.appendCuts(of: text.scalars, in: 0..<text.count, to: &cuts)
            text.replace(cuts.filter(\.isMatch).map(\.range), with: replacement)
        case .prepend(let scalars): if text.count > 0 { text.insert(scalars, at: [0]) }
        case .characterMap(let map): map.normalize(&text)
        }
    }
}

extension NormalizerOptions {
    /// Cleans a text as BERT does: controls, ideographs, accents, capitals.
    func normalize(_ text: inout AlignedText) {
        if cleansText {
            text.filter { !($0.scalar?.isBertControl ?? false) }
            text.map { $0.isBlank ? 0x20 : $0 }
        }
        if isolatesIdeographs && text.scalars.contains(where: { $0 >= 0x3400 && $0.scalar?.isBertIdeograph == true }) {
            text.apply(
                text.scalars.flatMap { scalar -> [AlignedText.Change] in
                    guard scalar.scalar?.isBertIdeograph == true else { return [.init(scalar: scalar, count: 0)] }
                    return [
                        .init(scalar: 0x20, count: 0), .init(scalar: scalar, count: 1), .init(scalar: 0x20, count: 1),
                    ]
                })
        }
        if stripsAccents {
            UnicodeForm.canonicalDecomposition.normalize(&text)
            text.filter { $0 < 0x80 || !($0.scalar?.isBertNonspacingMark ?? false) }
        }
        if lowercases { text.lowercase() }
    }
}

extension AlignedText {
    fileprivate mutating func lowercase() {
        guard scalars.contains(where: { $0 >= 0x80 }) else {
            map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
            return
        }
        flatMap { scalar, result in
            if scalar < 0x80 {
                result.append((0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar)
            } else if let lower = scalar.scalar?.properties.lowercaseMapping {
                result += lower.unicodeScalars.lazy.map(\.value)
            }
        }
    }

    fileprivate mutating func strip(left: Bool, right: Bool) {
        let first = left ? scalars.firstIndex { !$0.isBlank } ?? count : 0
        let last = right ? scalars.lastIndex { !$0.isBlank } ?? -1 : count - 1
        keep(first..<max(first, last + 1))
    }
}

extension UInt32 {
    /// The scalar of this number; those of a text always have one.
    var scalar: Unicode.Scalar? { Unicode.Scalar(self) }

    /// Whether it is a blank, a line's end or another white space.
    var isBlank: Bool {
        if self < 0x80 { return self == 0x20 || (0x09...0x0D).contains(self) }
        return scalar?.properties.isWhitespace ?? false
    }
}
