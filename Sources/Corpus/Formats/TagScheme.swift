/// A way to write the tag of a word, which is read as BIO (IOB2): its letters and where they stand.
///
/// Ramshaw and Marcus, "Text Chunking using Transformation-Based Learning", 1995 (IOB1); Ratinov and Roth, "Design
/// Challenges and Misconceptions in Named Entity Recognition", CoNLL 2009 (BILOU).
struct TagScheme: Hashable, Sendable {
    /// The letters of the scheme and how they may follow each other.
    var letters = Letters.iob2
    /// The place and case of the letters.
    var form = Form.prefix

    enum Letters: String, Sendable {
        /// `B` begins every entity.
        case iob2 = "BIO"
        /// `B` begins only an entity that follows another of its type.
        case iob1 = "IOB1"
        /// `E` ends an entity, `S` is one of a single word.
        case bioes = "BIOES"
        /// `L` ends an entity, `U` is one of a single word.
        case bilou = "BILOU"
    }

    enum Form: CaseIterable, Sendable {
        /// `B-PER`
        case prefix
        /// `b-PER`
        case lowerCasePrefix
        /// `PER-B`
        case suffix
        /// `PER-b`
        case lowerCaseSuffix

        var isLowerCase: Bool { self == .lowerCasePrefix || self == .lowerCaseSuffix }
        var isPrefix: Bool { self == .prefix || self == .lowerCasePrefix }

        /// The letter of a tag, in upper case, and its type, which is nil outside; nil for a tag of another form.
        func split(_ tag: String) -> (letter: Character, type: String?)? {
            if tag == "O" || isLowerCase && tag == "o" { return ("O", nil) }
            guard let letter = isPrefix ? tag.first : tag.last, letter.isASCII,
                isLowerCase ? letter.isLowercase : letter.isUppercase,
                (isPrefix ? tag.dropFirst().first : tag.dropLast().last) == "-"
            else { return nil }
            let type = isPrefix ? tag.dropFirst(2) : tag.dropLast(2)
            guard !type.isBlank, let upper = letter.uppercased().first else { return nil }
            return (upper, String(type))
        }
    }

    /// BIO as the word before a tag leaves it.
    static let bio = TagScheme()

    /// Reads a tag behind another of its post, which is nil at the start; nil where it is none of the scheme.
    func tag(_ text: String, after previous: Tag?) -> Tag? {
        guard let (letter, type) = form.split(text) else { return nil }
        guard let type else { return .outside }
        switch (letters, letter) {
        case (.iob1, "I"): return Tag.inside(type).isLegal(after: previous) ? .inside(type) : .begin(type)
        case (_, "B"), (.bioes, "S"), (.bilou, "U"): return .begin(type)
        case (_, "I"), (.bioes, "E"), (.bilou, "L"): return .inside(type)
        default: return nil
        }
    }
}

extension TagScheme: CustomStringConvertible {
    var description: String {
        switch form {
        case .prefix: letters.rawValue
        case .lowerCasePrefix: "\(letters.rawValue) in lower case"
        case .suffix: "\(letters.rawValue) behind the type"
        case .lowerCaseSuffix: "\(letters.rawValue) behind the type in lower case"
        }
    }
}
