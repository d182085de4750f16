import Corpus

/// Two entities and how the first is related to the second: what joint extraction finds in a post.
public struct RelationTriple: Sendable, Hashable, Codable {
    /// The relation's subject.
    public var head: Entity
    /// The relation's object.
    public var tail: Entity
    /// The kind of relation, for example `held_on`.
    public var type: String

    /// Makes a triple.
    public init(head: Entity, tail: Entity, type: String) {
        self.head = head
        self.tail = tail
        self.type = type
    }
}

extension [Relation] {
    /// The relations with the entities that they index; one that indexes none is left out.
    public func triples(of entities: [Entity]) -> [RelationTriple] {
        compactMap { relation in
            guard entities.indices.contains(relation.head), entities.indices.contains(relation.tail) else { return nil }
            return RelationTriple(head: entities[relation.head], tail: entities[relation.tail], type: relation.type)
        }
    }
}
