import Foundation
import Support

extension Normalizer: Decodable {
    private enum Kind: String, CaseIterable {
        case sequence = "Sequence"
        case bert = "BertNormalizer"
        case nfc = "NFC"
        case nfd = "NFD"
        case nfkc = "NFKC"
        case nfkd = "NFKD"
        case lowercase = "Lowercase"
        case stripAccents = "StripAccents"
        case strip = "Strip"
        case replace = "Replace"
        case prepend = "Prepend"
        case precompiled = "Precompiled"
    }

    init(from decoder: any Decoder) throws {
        let part = try TokenizerPart<Kind>(decoder)
        switch part.kind {
        case .sequence:
            try part.allow("normalizers")
            self = .sequence(try part.fields.decode([Normalizer].self, forKey: "normalizers"))
        case .bert:
            try part.allow("clean_text", "handle_chinese_chars", "strip_accents", "lowercase")
            self = .bert(
                NormalizerOptions(
                    lowercases: try part.flag("lowercase", default: true),
                    stripsAccents: try part.fields.decodeIfPresent(Bool.self, forKey: "strip_accents"),
                    isolatesIdeographs: try part.flag("handle_chinese_chars", default: true),
                    cleansText: try part.flag("clean_text", default: true)))
        case .nfc: self = .form(.canonicalComposition)
        case .nfd: self = .form(.canonicalDecomposition)
        case .nfkc: self = .form(.compatibilityComposition)
        case .nfkd: self = .form(.compatibilityDecomposition)
        case .lowercase: self = .lowercase
        case .stripAccents: self = .stripAccents
        case .strip:
            try part.allow("strip_left", "strip_right")
            self = .strip(
                left: try part.flag("strip_left", default: true), right: try part.flag("strip_right", default: true))
        case .replace:
            try part.allow("pattern", "content")
            self = .replace(
                try part.fields.decode(SplitPattern.self, forKey: "pattern"),
                with: try part.fields.decode(String.self, forKey: "content").scalarValues)
        case .prepend:
            try part.allow("prepend")
            self = .prepend(try part.fields.decode(String.self, forKey: "prepend").scalarValues)
        case .precompiled:
            try part.allow("precompiled_charsmap")
            let text = try part.fields.decode(String.self, forKey: "precompiled_charsmap")
            guard let data = Data(base64Encoded: text), let map = CharacterMap([UInt8](data)) else {
                throw part.fields.corrupted(
                    "precompiled_charsmap", "is no character map: a trie's length, the trie and strings, in base64")
            }
            self = .characterMap(map)
        }
    }
}

extension SplitPattern: Decodable {
    private enum CodingKeys: String, CodingKey {
        case literal = "String"
        case expression = "Regex"
    }

    /// The regular expressions of published files that have scanners here.
    private static let expressions: [(source: String, pattern: SplitPattern)] =
        [
            (" {2,}", .blanks(atLeast: 2)), (" +", .blanks(atLeast: 1)), (#"\s+"#, .whiteSpace),
            (#"\s{2,}|[\n\r\t]"#, .doubledWhiteSpace),
        ]
        + ByteLevelExpression.allCases.map { ($0.source, .byteLevel($0)) }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        if let source = try keys.decodeIfPresent(String.self, forKey: .expression) {
            guard let pattern = Self.expressions.first(where: { $0.source == source })?.pattern else {
                let known = Self.expressions.map(\.source).joined(separator: "   ")
                throw keys.corrupted(.expression, "is \(source.quoted), which is not supported. Supported: \(known)")
            }
            self = pattern
        } else {
            let literal = try keys.decode(String.self, forKey: .literal).scalarValues
            guard !literal.isEmpty else { throw keys.corrupted(.literal, "is empty; name what is searched for") }
            self = .literal(literal)
        }
    }
}
