/// The kind of information that a model extracts from posts.
public enum ExtractionTask: String, Sendable, Codable, CaseIterable {
    /// Named entities (MNER).
    case entities
    /// The relation of two given entities (MRE).
    case relations
    /// Entities and the relations between them (MJERE).
    case joint
}

extension ExtractionTask {
    /// Whether a model of the task finds entities; otherwise they are given with the post.
    public var findsEntities: Bool { self != .relations }

    /// Whether a model of the task finds relations.
    public var findsRelations: Bool { self != .entities }

    /// Whether the entities of a post are learnt as a tag a word, which cannot express those that share words.
    package var usesTags: Bool { self == .entities }

    /// Whether a model of the task tells the head of a relation from its tail.
    package var directsRelations: Bool { self == .relations }

    /// The items that the main score of the task counts, in the plural.
    package var scoredItems: String { findsRelations ? "relations" : "entities" }

    /// The purpose of a model of the task.
    package var purpose: String {
        switch self {
        case .entities: "named entities"
        case .relations: "relations"
        case .joint: "named entities and their relations"
        }
    }

    /// The ability of a model of the task with its labels, as a sentence.
    package func ability(with labels: LabelSet) -> String {
        let entities = labels.entityTypes.joined(separator: ", ")
        let relations = labels.relationTypes.joined(separator: ", ")
        return switch self {
        case .entities: "Finds entities of the types \(entities)."
        case .relations: "Tells the relation of two given entities: \(relations)."
        case .joint: "Finds entities of the types \(entities) and relations between them: \(relations)."
        }
    }

    /// The number of annotated items of a post that the main score of the task counts.
    package func goldCount(of post: Post) -> Int {
        switch self {
        case .entities: post.entities.count
        case .relations: post.relations.count { $0.type != Relation.noneType }
        case .joint: post.relations.count
        }
    }

    /// The items that training needs annotated and of which the labels have no type, in the plural; nil where none are
    /// missing.
    package func missingAnnotation(in labels: LabelSet) -> String? {
        if findsEntities, labels.entityTypes.isEmpty { return "entities" }
        if findsRelations, labels.relationTypes.isEmpty { return "relations" }
        return nil
    }
}
