import Foundation
import Support

/// One social-media post: its words, its picture and context where it has them, and what is annotated in it.
///
/// Offsets of ``entities`` count tokens where the content is ``Content/tokens(_:)`` and Unicode scalars where it
/// is ``Content/text(_:)``.
public struct Post: Sendable, Identifiable {
    /// A name for the post, unique within its split.
    public var id: String
    /// The words or the text.
    public var content: Content
    /// The pictures, in their order, each with its context; ``image``, ``imageURL`` and ``context`` are the first one's.
    public var pictures: [Picture]
    /// The annotated entities.
    public var entities: [Entity]
    /// The annotated relations between ``entities``.
    public var relations: [Relation]
    /// The entity types that its annotators looked for; nil for all. An entity of another type may be there without being
    /// annotated.
    public var annotatedTypes: Set<String>?

    /// Makes a post of at most one picture; everything but its name and content may be left out. The path of its picture is
    /// relative to the working folder until ``resolvingImage(in:)``.
    public init(
        id: String, content: Content, image: String? = nil, context: String? = nil,
        entities: [Entity] = [], relations: [Relation] = []
    ) {
        let picture = Picture(image: image, context: context)
        self.init(
            id: id, content: content, pictures: picture.isEmpty ? [] : [picture], entities: entities,
            relations: relations)
    }

    /// Makes a post of any number of pictures.
    public init(
        id: String, content: Content, pictures: [Picture], entities: [Entity] = [], relations: [Relation] = []
    ) {
        self.id = id
        self.content = content
        self.pictures = pictures
        self.entities = entities
        self.relations = relations
    }

    /// Makes a post of a layout that names pictures without their folder, which is `images`.
    init(
        id: String, content: Content, imageNamed name: String?, entities: [Entity], relations: [Relation] = []
    ) {
        self.init(
            id: id, content: content, image: name.map { "images/\($0)" }, entities: entities, relations: relations)
    }

    /// The text of a post, split into tokens or as one string.
    public enum Content: Sendable, Equatable {
        /// Words as an annotator split them; offsets count words.
        case tokens([String])
        /// Raw text; offsets count Unicode scalars.
        case text(String)
    }
}

extension Post {
    /// The number of tokens, or of Unicode scalars of a raw text: the limit of every offset.
    public var length: Int {
        switch content {
        case .tokens(let tokens): tokens.count
        case .text(let text): text.unicodeScalars.count
        }
    }

    /// The content as one string; tokens are joined by single spaces.
    var plainText: String {
        switch content {
        case .tokens(let tokens): tokens.joined(separator: " ")
        case .text(let text): text
        }
    }

    /// Whether nothing but white space was written.
    package var isEmpty: Bool {
        switch content {
        case .tokens(let tokens): tokens.allSatisfy(\.isBlank)
        case .text(let text): text.isBlank
        }
    }

    /// An entity in words, for messages: its place, its post, and the beginning of what it spans.
    func name(ofEntityAt index: Int) -> String {
        "entities[\(index)] of post \(id.quoted), \((surface(of: entities[index]) ?? "").quoted)"
    }

    /// The words that an entity spans, or nil where its offsets do not fit the content.
    public func surface(of entity: Entity) -> String? {
        guard entity.start >= 0, entity.start < entity.end, entity.end <= length else { return nil }
        switch content {
        case .tokens(let tokens):
            return tokens[entity.start..<entity.end].joined(separator: " ")
        case .text(let text):
            let scalars = text.unicodeScalars
            let start = scalars.index(scalars.startIndex, offsetBy: entity.start)
            let end = scalars.index(start, offsetBy: entity.end - entity.start)
            return String(scalars[start..<end])
        }
    }

    /// Checks that every offset fits the content and every relation its entities.
    /// - Throws: the first ``PostError``.
    package func validate() throws(PostError) {
        if entities.isEmpty && relations.isEmpty { return }
        let length = length
        for (index, entity) in entities.enumerated() {
            guard entity.start >= 0, entity.start < entity.end, entity.end <= length else {
                throw .badSpan(index: index, entity: entity, length: length, unit: content.unit)
            }
            guard !entity.type.isBlank else { throw .emptyType(field: "entities[\(index)].type") }
        }
        for (index, relation) in relations.enumerated() {
            guard entities.indices.contains(relation.head), entities.indices.contains(relation.tail) else {
                throw .badRelation(index: index, relation: relation, entityCount: entities.count)
            }
            guard !relation.type.isBlank else { throw .emptyType(field: "relations[\(index)].type") }
        }
    }

    /// The indices of the first two entities that share a token or scalar; nil where none do.
    package var firstOverlap: (Int, Int)? {
        guard entities.count > 1 else { return nil }
        let order = entities.indices.sorted { entities[$0].start < entities[$1].start }
        for (left, right) in zip(order, order.dropFirst()) where entities[left].end > entities[right].start {
            return (left, right)
        }
        return nil
    }
}

extension Post: Equatable {
    /// Whether two posts say the same. ``Picture/imageURL`` and ``annotatedTypes`` do not count: they are of the post's dataset.
    public static func == (left: Post, right: Post) -> Bool {
        left.id == right.id && left.content == right.content && left.pictures == right.pictures
            && left.entities == right.entities && left.relations == right.relations
    }
}

extension Post.Content {
    /// The unit of offsets, in words for messages.
    var unit: String {
        switch self {
        case .tokens: "tokens"
        case .text: "Unicode scalars"
        }
    }
}

extension Post: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, tokens, text, image, context, images, entities, relations
    }

    /// Reads the native format. A whole number as `id` is its digits, a missing one the empty string; missing lists become empty, a picture whose
    /// name is empty is none, and so is a blank context.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let tokens = try fields.decodeIfPresent([String].self, forKey: .tokens)
        let text = try fields.decodeIfPresent(String.self, forKey: .text)
        switch (tokens, text) {
        case (let tokens?, nil): content = .tokens(tokens)
        case (nil, let text?): content = .text(text)
        case (nil, nil): throw fields.corrupted(.tokens, "missing; give \"tokens\" or \"text\"")
        case (_?, _?): throw fields.corrupted(.text, "is given beside \"tokens\"; give one of the two")
        }
        id = try fields.decodeID(forKey: .id)
        pictures = try fields.decodePictures(image: .image, context: .context, images: .images)
        entities = try fields.decodeIfPresent([Entity].self, forKey: .entities) ?? []
        relations = try fields.decodeIfPresent([Relation].self, forKey: .relations) ?? []
    }

    /// Writes the native format; a missing picture or context is left out, and several pictures are the list `images`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        switch content {
        case .tokens(let tokens): try fields.encode(tokens, forKey: .tokens)
        case .text(let text): try fields.encode(text, forKey: .text)
        }
        let pictures = pictures.filter { $0.image != nil || $0.context != nil }
        if pictures.count > 1 {
            try fields.encode(pictures, forKey: .images)
        } else {
            try fields.encodeIfPresent(pictures.first?.image, forKey: .image)
            try fields.encodeIfPresent(pictures.first?.context, forKey: .context)
        }
        try fields.encode(entities, forKey: .entities)
        try fields.encode(relations, forKey: .relations)
    }
}

/// An annotation that does not fit its post.
package enum PostError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The offsets of an entity are negative, reversed, empty or beyond the end.
    case badSpan(index: Int, entity: Entity, length: Int, unit: String)
    /// A relation points at an entity that does not exist.
    case badRelation(index: Int, relation: Relation, entityCount: Int)
    /// A type is empty or white space.
    case emptyType(field: String)

    package var description: String {
        switch self {
        case .badSpan(let index, let entity, let length, let unit):
            "field entities[\(index)]: start \(entity.start) and end \(entity.end) do not fit a post of \(length) "
                + "\(unit); give 0 <= start < end <= \(length), end exclusive"
        case .badRelation(let index, let relation, let entityCount):
            "field relations[\(index)]: head \(relation.head) and tail \(relation.tail) must index the post's "
                + "\(entityCount) entities, counted from 0"
        case .emptyType(let field):
            "field \(field): the type is blank; name it, for example \"PER\""
        }
    }
}

extension StringProtocol {
    /// Whether the string is empty or nothing but white space.
    var isBlank: Bool {
        let startsWithVisibleASCII = utf8.first.map { (0x21..<0x7F).contains($0) } ?? false
        return !startsWithVisibleASCII && allSatisfy(\.isWhitespace)
    }

    /// The string without the white space at its end.
    var withoutTrailingSpace: String {
        lastIndex { !$0.isWhitespace }.map { String(self[...$0]) } ?? ""
    }

    /// The string; nil where it is blank.
    var unlessBlank: Self? { isBlank ? nil : self }
}
