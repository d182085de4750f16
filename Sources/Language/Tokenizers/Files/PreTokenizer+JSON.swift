import Support

extension PreTokenizer: Decodable {
    private enum Kind: String, CaseIterable {
        case sequence = "Sequence"
        case bert = "BertPreTokenizer"
        case byteLevel = "ByteLevel"
        case metaspace = "Metaspace"
        case whitespace = "Whitespace"
        case whitespaceSplit = "WhitespaceSplit"
        case punctuation = "Punctuation"
        case digits = "Digits"
        case split = "Split"
    }

    init(from decoder: any Decoder) throws {
        let part = try TokenizerPart<Kind>(decoder)
        switch part.kind {
        case .sequence:
            try part.allow("pretokenizers")
            self = .sequence(try part.fields.decode([PreTokenizer].self, forKey: "pretokenizers"))
        case .bert: self = .bert
        case .byteLevel:
            try part.allow("add_prefix_space", "trim_offsets", "use_regex")
            self = .byteLevel(
                addsBlank: try part.flag("add_prefix_space", default: true),
                cuts: try part.flag("use_regex", default: true))
        case .metaspace: self = try Self.metaspace(part)
        case .whitespace: self = .split(.words, .removed, inverts: true)
        case .whitespaceSplit: self = .split(.each(.blank), .removed, inverts: false)
        case .punctuation:
            try part.allow("behavior")
            self = .split(
                .each(.punctuation), try part.fields.choice("behavior", default: .isolated), inverts: false)
        case .digits:
            try part.allow("individual_digits")
            let isIndividual = try part.flag("individual_digits", default: false)
            self = .split(.each(.number), isIndividual ? .isolated : .contiguous, inverts: false)
        case .split:
            try part.allow("pattern", "behavior", "invert")
            self = .split(
                try part.fields.decode(SplitPattern.self, forKey: "pattern"), try part.fields.choice("behavior"),
                inverts: try part.flag("invert", default: false))
        }
    }

    private static func metaspace(_ part: TokenizerPart<Kind>) throws -> PreTokenizer {
        try part.allow("replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep")
        let mark = try part.fields.decode(String.self, forKey: "replacement").scalarValues
        guard mark.count == 1 else { throw part.fields.corrupted("replacement", "must be one character") }
        let addsMark = try part.flag("add_prefix_space", default: true)
        return .metaspace(
            mark: mark[0], prepending: try part.fields.choice("prepend_scheme", default: addsMark ? .always : .never),
            cuts: try part.flag("split", default: true))
    }
}
