import Support

/// The entity types of a task, the BIO tags that spell them, and its relation types.
///
/// Tag 0 is `O`; type number t has the tags 1 + 2t (`B-`) and 2 + 2t (`I-`).
public struct LabelSet: Sendable, Equatable {
    /// The entity types, in the order of their tags.
    public let entityTypes: [String]
    /// The relation types, in the order of their numbers; empty for a task without relations.
    public let relationTypes: [String]
    /// Every tag, in the order of its index.
    public let tags: [Tag]
    /// Whether a sentence may start with the tag: `[tags]`.
    package let legalStarts: [Bool]
    /// Whether the second tag may follow the first: `[tags][tags]`, `legalTransitions[from][to]`.
    package let legalTransitions: [[Bool]]
    private let indices: [Tag: Int]

    /// Makes the labels of the given types; a type named twice counts once.
    public init(entityTypes: [String], relationTypes: [String] = []) {
        self.entityTypes = entityTypes.withoutRepetitions()
        self.relationTypes = relationTypes.withoutRepetitions()
        let tags = [Tag.outside] + self.entityTypes.flatMap { [Tag.begin($0), .inside($0)] }
        self.tags = tags
        legalStarts = tags.map { $0.isLegal(after: nil) }
        legalTransitions = tags.map { from in tags.map { to in to.isLegal(after: from) } }
        indices = Dictionary(uniqueKeysWithValues: zip(tags, tags.indices))
    }

    /// Makes the labels of the types that occur in `posts`, in alphabetical order.
    ///
    /// A type that means the absence of a relation, as MNRE's `None`, is a type like the others.
    public init(posts: some Sequence<Post>) {
        var (entityTypes, relationTypes): (Set<String>, Set<String>) = ([], [])
        for post in posts {
            entityTypes.formUnion(post.entities.lazy.map(\.type))
            relationTypes.formUnion(post.relations.lazy.map(\.type))
        }
        self.init(entityTypes: entityTypes.sorted(), relationTypes: relationTypes.sorted())
    }

    /// The index of a tag; nil where its type is not among the labels.
    package func index(of tag: Tag) -> Int? { indices[tag] }

    /// The tag index of each of `count` words: `[words]`.
    /// - Throws: ``LabelError`` for a type that is not among the labels, offsets that do not fit, or entities that
    ///   overlap.
    package func tagIndices(for entities: [Entity], count: Int) throws(LabelError) -> [Int] {
        var result = [Int](repeating: 0, count: count)
        for entity in entities {
            guard let begin = indices[.begin(entity.type)] else {
                throw .unknownType(entity.type, known: entityTypes)
            }
            guard entity.start >= 0, entity.start < entity.end, entity.end <= count else {
                throw .outOfRange(entity, count: count)
            }
            guard result[entity.start..<entity.end].allSatisfy({ $0 == 0 }) else { throw .overlap(entity) }
            result[entity.start] = begin
            for position in (entity.start + 1)..<entity.end { result[position] = begin + 1 }
        }
        return result
    }

    /// The entities that a sequence of tag indices spells, by conlleval's rule.
    package func entities(fromTagIndices indices: some Collection<Int>) -> [Entity] {
        indices.map { tags[$0] }.entities()
    }
}

extension LabelSet: Codable {
    private enum CodingKeys: CodingKey { case entityTypes, relationTypes }

    /// Reads the types; without `relationTypes` there are no relations.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            entityTypes: try fields.decode([String].self, forKey: .entityTypes),
            relationTypes: try fields.decodeIfPresent([String].self, forKey: .relationTypes) ?? [])
    }

    /// Writes the types; relation types only where there are some.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(entityTypes, forKey: .entityTypes)
        if !relationTypes.isEmpty { try fields.encode(relationTypes, forKey: .relationTypes) }
    }
}

extension [String] {
    /// The strings in their order, each only where it occurs first.
    fileprivate func withoutRepetitions() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

/// Entities that cannot be written as BIO tags.
package enum LabelError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The type has no tag.
    case unknownType(String, known: [String])
    /// The offsets leave the sentence.
    case outOfRange(Entity, count: Int)
    /// Another entity already has one of the words.
    case overlap(Entity)

    package var description: String {
        switch self {
        case .unknownType(let type, let known):
            "entity type \(type.quoted) is not among the labels (\(known.joined(separator: ", "))); map it to one of "
                + "them or train with it"
        case .outOfRange(let entity, let count):
            "entity \(entity.start)..<\(entity.end) does not fit a sentence of \(count) words"
        case .overlap(let entity):
            "entity \(entity.start)..<\(entity.end) (\(entity.type)) overlaps another one, which BIO tags cannot "
                + "express; keep one of the two"
        }
    }
}
