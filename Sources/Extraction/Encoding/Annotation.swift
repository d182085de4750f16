import Corpus

/// Entities in word offsets and the relations between them.
public struct Annotation: Sendable, Equatable {
    /// Those that have a word; one that lost its words is empty, so that relations keep their indices.
    public var entities: [Entity]
    public var relations: [Relation]

    public init(entities: [Entity] = [], relations: [Relation] = []) {
        self.entities = entities
        self.relations = relations
    }
}

extension Annotation {
    /// The annotation of a post over its words.
    init(_ post: Post, words: PostWords) {
        entities = post.entities.map { entity in
            words.wordEntity(entity)?.entity ?? Entity(start: 0, end: 0, type: entity.type)
        }
        relations = post.relations
    }

    /// The annotation with entity types renamed, for example `["OTHER": "MISC"]`; types not named stay.
    public func renaming(_ names: [String: String]) -> Annotation {
        var renamed = self
        for index in entities.indices {
            renamed.entities[index].type = names[entities[index].type] ?? entities[index].type
        }
        return renamed
    }

    /// The relation of a pair of entities; nil where there is none.
    public func relation(head: Int, tail: Int) -> Relation? {
        relations.first { $0.head == head && $0.tail == tail }
    }

    /// The pairs of entities whose relation is asked for, each once: those of the relations, or else the only two
    /// entities.
    public var pairs: [(head: Int, tail: Int)] {
        if relations.isEmpty { return entities.count == 2 ? [(0, 1)] : [] }
        var seen: Set<[Int]> = []
        return relations.filter { seen.insert([$0.head, $0.tail]).inserted }.map { ($0.head, $0.tail) }
    }
}
