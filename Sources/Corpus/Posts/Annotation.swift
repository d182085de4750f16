/// A typed span of a post.
public struct Entity: Sendable, Hashable, Codable {
    /// The offset of the first token (or Unicode scalar).
    public var start: Int
    /// The offset after the last token (or Unicode scalar).
    public var end: Int
    /// The kind of thing that is named, for example `PER`.
    public var type: String

    /// Makes an entity over `start..<end`.
    public init(start: Int, end: Int, type: String) {
        self.start = start
        self.end = end
        self.type = type
    }
}

/// A typed, directed relation between two entities of a post.
public struct Relation: Sendable, Hashable, Codable {
    /// The index of the relation's subject among the post's entities.
    public var head: Int
    /// The index of the relation's object among the post's entities.
    public var tail: Int
    /// The kind of relation, for example `held_on`.
    public var type: String

    /// The type of a pair that has no relation, which scores of relations leave out.
    public static let noneType = "None"

    /// Makes a relation from entity `head` to entity `tail`.
    public init(head: Int, tail: Int, type: String) {
        self.head = head
        self.tail = tail
        self.type = type
    }
}

/// Two entities of a post by their indices, in the direction of a relation.
public struct EntityPair: Sendable, Hashable {
    /// The index of the first entity, a relation's subject.
    public var head: Int
    /// The index of the second entity, a relation's object.
    public var tail: Int

    /// Makes a pair from entity `head` to entity `tail`.
    public init(head: Int, tail: Int) {
        self.head = head
        self.tail = tail
    }
}

/// Entities and the relations between them, as an annotator or a model gives them.
///
/// Offsets are those of its maker: a post's own in ``Post/annotation`` and in what is extracted from a post, words
/// inside a model.
public struct Annotation: Sendable, Equatable {
    /// The entities.
    public var entities: [Entity]
    /// The relations, which index ``entities``.
    public var relations: [Relation]

    /// Makes an annotation.
    public init(entities: [Entity] = [], relations: [Relation] = []) {
        self.entities = entities
        self.relations = relations
    }

    /// The annotation with entity types renamed, for example `["OTHER": "MISC"]`; types not named stay.
    public func renaming(_ names: [String: String]) -> Annotation {
        var renamed = self
        for index in entities.indices {
            renamed.entities[index].type = names[entities[index].type] ?? entities[index].type
        }
        return renamed
    }

    /// The first relation from one entity to another; nil where there is none.
    public func relation(head: Int, tail: Int) -> Relation? {
        relations.first { $0.head == head && $0.tail == tail }
    }

    /// The pairs of entities whose relation is asked for, each once: those of the relations, or else the only two
    /// entities.
    public var pairs: [EntityPair] {
        if relations.isEmpty { return entities.count == 2 ? [EntityPair(head: 0, tail: 1)] : [] }
        var seen: Set<EntityPair> = []
        return relations.map { EntityPair(head: $0.head, tail: $0.tail) }.filter { seen.insert($0).inserted }
    }
}

extension Post {
    /// The entities and relations of the post, in its own offsets.
    public var annotation: Annotation { Annotation(entities: entities, relations: relations) }
}
