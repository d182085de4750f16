import Support

/// What a `tokenizer.json` does with pieces: what stands around them, and how their places are told.
struct PostProcessor: Decodable {
    private enum Kind: String, CaseIterable {
        case sequence = "Sequence"
        case template = "TemplateProcessing"
        case bert = "BertProcessing"
        case roberta = "RobertaProcessing"
        case byteLevel = "ByteLevel"
    }

    /// What stands around texts; nil where this part does not say it.
    var template: SequenceTemplate?
    /// Where blanks are left out of places.
    var trimming: TokenizerParts.Trimming?

    init(from decoder: any Decoder) throws {
        let part = try TokenizerPart<Kind>(decoder)
        switch part.kind {
        case .sequence:
            try part.allow("processors")
            for processor in try part.fields.decode([PostProcessor].self, forKey: "processors") {
                guard template == nil || processor.template == nil else {
                    throw part.fields.corrupted("processors", "has two templates; keep one")
                }
                template = processor.template ?? template
                trimming = processor.trimming ?? trimming
            }
        case .template: template = try Self.template(part)
        case .bert:
            try part.allow("sep", "cls")
            template = SequenceTemplate(
                classification: try part.fields.decode(NamedID.self, forKey: "cls").id,
                separator: try part.fields.decode(NamedID.self, forKey: "sep").id, separators: 1, pairSegment: 1)
        case .roberta:
            try part.allow("sep", "cls", "trim_offsets", "add_prefix_space")
            template = SequenceTemplate(
                classification: try part.fields.decode(NamedID.self, forKey: "cls").id,
                separator: try part.fields.decode(NamedID.self, forKey: "sep").id, separators: 2, pairSegment: 0)
            trimming = try Self.trimming(part)
        case .byteLevel:
            try part.allow("trim_offsets", "add_prefix_space", "use_regex")
            trimming = try Self.trimming(part)
        }
    }

    private static func trimming(_ part: TokenizerPart<Kind>) throws -> TokenizerParts.Trimming? {
        guard try part.flag("trim_offsets", default: true) else { return nil }
        return TokenizerParts.Trimming(addsBlank: try part.flag("add_prefix_space", default: true))
    }

    private static func template(_ part: TokenizerPart<Kind>) throws -> SequenceTemplate {
        try part.allow("single", "pair", "special_tokens")
        let specials = try part.fields.decodeIfPresent([String: Special].self, forKey: "special_tokens") ?? [:]
        func pieces(_ field: TokenizerPart<Kind>.Field) throws -> [SequenceTemplate.Piece] {
            try part.fields.decode([TemplatePiece].self, forKey: field).map { piece in
                switch piece.content {
                case .text: SequenceTemplate.Piece(part: .text, segment: piece.segment)
                case .pair: SequenceTemplate.Piece(part: .pair, segment: piece.segment)
                case .special(let name):
                    if let special = specials[name] {
                        SequenceTemplate.Piece(part: .special(special.ids), segment: piece.segment)
                    } else {
                        throw part.fields.corrupted(field, "\(name.quoted) is not among special_tokens")
                    }
                }
            }
        }
        guard let template = SequenceTemplate(single: try pieces("single"), pair: try pieces("pair")) else {
            throw part.fields.corrupted(
                "pair", "single must hold A, and pair must hold A and then B, each once, segment 0 before segment 1")
        }
        return template
    }
}

/// A token and its id, written as `["</s>", 2]`.
private struct NamedID: Decodable {
    let id: Int

    init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        _ = try values.decode(String.self)
        id = try values.decode(Int.self)
        guard PieceModel.ids.contains(id) else {
            throw DecodingError.corrupted(decoder.codingPath, "the id is \(id); it must be \(PieceModel.ids.rule)")
        }
    }
}

/// A special token of a template: `{"id": "<s>", "ids": [0], "tokens": ["<s>"]}`.
private struct Special: Decodable {
    let ids: [Int]

    private enum CodingKeys: CodingKey { case ids }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        ids = try keys.decode([Int].self, forKey: .ids)
        if let id = ids.first(where: { !PieceModel.ids.contains($0) }) {
            throw keys.corrupted(.ids, "has \(id); it must be \(PieceModel.ids.rule)")
        }
    }
}

/// A part of a template: `{"Sequence": {"id": "A", "type_id": 0}}` or `{"SpecialToken": {"id": "<s>", "type_id": 0}}`.
private struct TemplatePiece: Decodable {
    enum Content {
        case text, pair
        case special(String)
    }

    private enum Sequence: String, CaseIterable {
        case text = "A"
        case pair = "B"
    }

    private enum CodingKeys: String, CodingKey {
        case sequence = "Sequence"
        case special = "SpecialToken"
    }

    private enum Keys: String, CodingKey {
        case id
        case segment = "type_id"
    }

    let content: Content
    let segment: Int

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let isSpecial = keys.contains(.special)
        let inner = try keys.nestedContainer(keyedBy: Keys.self, forKey: isSpecial ? .special : .sequence)
        segment = try inner.whole(.segment, in: 0...1, default: 0)
        if isSpecial {
            content = .special(try inner.decode(String.self, forKey: .id))
        } else {
            let sequence: Sequence = try inner.choice(.id)
            content = sequence == .text ? .text : .pair
        }
    }
}
