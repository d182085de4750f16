import Support

/// A record of JSON: a post in the native format, or as annotation tools and collections of datasets write it.
///
/// Entities may stand in `entities`, `spans`, `label` or `labels` as objects or as lists `[start, end, type]`, see
/// ``SpanRecord``; or as a tag for each of `tokens` in `ner_tags`, `tags`, `label` or `labels`, see ``TagColumn``.
/// Where `text` stands beside `tokens`, the annotation says which of the two it counts.
struct PostRecord: Decodable {
    /// The words or the text; nil for a record that only names the tags of those behind it.
    let content: Post.Content?
    /// The post but for a tag column.
    let post: Post?
    /// A tag for each token.
    let tags: TagColumn?
    /// The names that whole numbers in tag columns mean.
    let tagNames: [String]?
    /// The fields that are not of the native format, but read.
    let foreignFields: [String]
    /// The names of fields that are not read.
    let unknownFields: [String]
    /// Those of them that look like annotations.
    let suspects: [String]

    static let fields = Post.CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: AnyKey.self)
        let columns = decoder.userInfo[PostColumns.key] as? PostColumns ?? PostColumns()
        let text = try fields.decodeText(columns)
        let tokens = columns.text == nil ? try fields.decodeTokens(besideText: text != nil) : nil
        let names = fields.decodeTagNames()
        tagNames = names?.names
        let spans = try fields.decodeSpans()
        tags = try fields.decodeTagColumn(tokenCount: tokens?.count, isAlone: spans.records.isEmpty)

        content =
            switch (tokens, text) {
            case (nil, nil): nil
            case (let tokens?, nil): .tokens(tokens)
            case (nil, let text?): .text(text)
            case (let tokens?, let text?): try fields.counted(by: spans, tokens: tokens, text: text)
            }
        let read = [names?.field, spans.field, tags?.field].compactMap(\.self)
        if let content {
            post = try Self.post(of: fields, content: content, spans: spans, columns)
        } else if tagNames == nil {
            throw fields.corrupted("tokens", "missing; give \"tokens\" or \"text\"")
        } else {
            post = nil
        }
        let native = Set(Post.CodingKeys.allCases.map(\.rawValue))
        let isForeign = spans.records.contains(where: \.isForeign)
        foreignFields = read.filter { !native.contains($0) || isForeign && $0 == "entities" }
        let known = native.union(read).union(columns.names)
        let unknown = fields.allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
        unknownFields = unknown + fields.unknownFieldsOfPictures()
        suspects = unknown.filter { fields.looksLikeAnnotation($0) }
    }

    private static func post(
        of fields: KeyedDecodingContainer<AnyKey>, content: Post.Content, spans: Spans, _ columns: PostColumns
    ) throws -> Post {
        var post = Post(
            id: try fields.decodeID(forKey: "id"), content: content,
            pictures: try fields.decodePictures(
                image: AnyKey(columns.image ?? "image"), context: AnyKey(columns.context ?? "context"), images: "images"
            ))
        let length = post.length
        for (index, span) in spans.records.enumerated() {
            if spans.field != "entities", span.start < 0 || span.start >= span.end || span.end > length {
                throw fields.corrupted(
                    AnyKey(spans.field),
                    "[\(index)] is from \(span.start) to \(span.end), which does not fit \(length) "
                        + "\(content.unit); give 0 <= start < end <= \(length), end exclusive")
            }
            if case .tokens = content, span.countsCharacters {
                throw fields.corrupted(AnyKey(spans.field), "counts characters; give the \"text\" that it counts")
            }
            post.entities.append(Entity(start: span.start, end: span.end, type: span.type))
        }
        let relations = try fields.decodeIfPresent([RelationRecord].self, forKey: "relations") ?? []
        for (index, relation) in relations.enumerated() {
            guard let relation = relation.relation(between: spans.records.map(\.id)) else {
                throw fields.corrupted("relations", "[\(index)] names an entity by an id that none has; correct it")
            }
            post.relations.append(relation)
        }
        return post
    }
}

/// The names of a record's fields.
struct FieldNames: Decodable {
    let names: Set<String>

    init(from decoder: any Decoder) throws {
        names = Set(try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue))
    }

    func contains(_ name: String) -> Bool { names.contains(name) }
}

/// A token by its place in a text.
private struct Piece: Decodable {
    var start: Int
    var end: Int
}

extension KeyedDecodingContainer<AnyKey> {
    /// The text, which a record must have where the name of its field was given.
    fileprivate func decodeText(_ columns: PostColumns) throws -> String? {
        guard let name = columns.text else { return try decodeIfPresent(String.self, forKey: "text") }
        let key = AnyKey(name)
        guard contains(key) else {
            let names = allKeys.map(\.stringValue).sorted()
            throw corrupted(key, "missing; \(PostColumns.hint("fields", for: name, among: names))")
        }
        return try decode(String.self, forKey: key)
    }

    /// The tokens; nil where there are none, or where they are objects that cut the text beside them, as Prodigy's.
    fileprivate func decodeTokens(besideText hasText: Bool) throws -> [String]? {
        if hasText, let pieces = try? decode([Piece].self, forKey: "tokens"), !pieces.isEmpty { return nil }
        return try decodeIfPresent([String].self, forKey: "tokens")
    }

    /// The content that entities count where a post has both.
    fileprivate func counted(by spans: Spans, tokens: [String], text: String) throws -> Post.Content {
        guard !spans.records.isEmpty else { return .tokens(tokens) }
        guard spans.records.allSatisfy(\.isForeign) || spans.field != "entities" else {
            throw corrupted("text", "is given beside \"tokens\"; give the one of the two that \"entities\" counts")
        }
        return .text(text)
    }

    /// The fields of pictures that are not read, as `images[0].caption`.
    fileprivate func unknownFieldsOfPictures() -> [String] {
        let pictures = (try? decode([FieldNames].self, forKey: "images")) ?? []
        return pictures.enumerated().flatMap { index, fields in
            fields.names.subtracting(["image", "context"]).sorted().map { "images[\(index)].\($0)" }
        }
    }

    /// Whether a field has the name of an annotation and anything in it.
    fileprivate func looksLikeAnnotation(_ field: String) -> Bool {
        let names: Set = [
            "ner", "tag", "tags", "label", "labels", "span", "spans", "entity", "entities", "ents", "mention",
            "mentions", "annotation", "annotations", "bio", "iob",
        ]
        let parts = field.lowercased().split { !$0.isLetter }.map(String.init)
        guard !names.isDisjoint(with: parts) else { return false }
        let key = AnyKey(field)
        if let list = try? nestedUnkeyedContainer(forKey: key) { return !list.isAtEnd }
        return (try? nestedContainer(keyedBy: AnyKey.self, forKey: key).allKeys.isEmpty) == false
    }
}

extension KeyedDecodingContainer {
    /// A name, or a whole number in its digits; empty where there is none.
    func decodeID(forKey key: Key) throws -> String {
        if let name = try? decodeIfPresent(String.self, forKey: key) { return name }
        guard contains(key), try !decodeNil(forKey: key) else { return "" }
        if let number = try? decode(Int.self, forKey: key) { return String(number) }
        if let number = try? decode(UInt64.self, forKey: key) { return String(number) }
        throw corrupted(key, "expected a string, or a whole number below 2^64; write it in quotation marks")
    }
}
