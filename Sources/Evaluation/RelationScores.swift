import Corpus

/// Two entities and the relation of the first to the second, as joint extraction finds them in a post.
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

extension Annotation {
    /// The relations with the entities that they index; one that indexes none is left out.
    public var triples: [RelationTriple] {
        relations.compactMap { relation in
            guard entities.indices.contains(relation.head), entities.indices.contains(relation.tail) else { return nil }
            return RelationTriple(head: entities[relation.head], tail: entities[relation.tail], type: relation.type)
        }
    }
}

/// A rule by which a predicted triple counts as an annotated one. Papers differ here, so a score names its protocol.
public enum JointProtocol: String, Sendable, Hashable, Codable, CaseIterable {
    /// Both spans, both entity types, the relation and its direction must agree.
    case strict
    /// As ``strict``, but for the direction: the pair is a set. This is the protocol of EEGA, whose table of word pairs
    /// has no direction; two triples of a post that differ by direction alone are one.
    ///
    /// EEGA's script reads the annotation out of that table too, where entities that touch run together and those that
    /// overlap overwrite each other, so that it knows fewer gold triples: 636 of the 640 in the test split of JMERE V1.
    /// Here all count. Where entities do not touch and a pair has one relation, its score and this one are the same.
    case unordered
    /// Both spans and the relation must agree; direction and entity types do not matter.
    case boundaries

    /// The triple that represents all those that the protocol counts as equal.
    func canonical(_ triple: RelationTriple) -> RelationTriple {
        var triple = triple
        if self == .boundaries {
            triple.head.type = ""
            triple.tail.type = ""
        }
        if self != .strict, triple.tail.precedes(triple.head) { swap(&triple.head, &triple.tail) }
        return triple
    }
}

extension Entity {
    /// Whether this entity comes before another; the type decides between entities of one span.
    fileprivate func precedes(_ other: Entity) -> Bool {
        (start, end, type) < (other.start, other.end, other.type)
    }
}

extension Scores {
    /// Scores the relation of one pair of entities an item, as MNRE is scored: micro-averaged over all relations but
    /// the one that says there is none.
    ///
    /// An item is annotated where its gold relation is not `ignored`, and predicted where the predicted one is not; it
    /// is correct where both agree on another relation than `ignored`.
    /// - Parameters:
    ///   - goldRelations: the annotated relation of each item.
    ///   - predictedRelations: the predicted relation of the same items in the same order.
    ///   - ignored: the relation that means none.
    public init(goldRelations: [String], predictedRelations: [String], ignoring ignored: String = Relation.noneType) {
        func items(_ relations: [String]) -> [[String]] { relations.map { $0 == ignored ? [] : [$0] } }
        self.init(gold: items(goldRelations), predicted: items(predictedRelations), type: \.self)
    }

    /// Scores triples under the type of their relation.
    /// - Parameters:
    ///   - goldTriples: the annotated triples: `[posts][triples]`.
    ///   - predictedTriples: the predicted triples of the same posts in the same order.
    ///   - matching: when two triples are equal.
    public init(
        goldTriples: [[RelationTriple]], predictedTriples: [[RelationTriple]], matching: JointProtocol
    ) {
        func items(_ triples: [[RelationTriple]]) -> [[RelationTriple]] { triples.map { $0.map(matching.canonical) } }
        self.init(gold: items(goldTriples), predicted: items(predictedTriples), type: \.type)
    }
}
