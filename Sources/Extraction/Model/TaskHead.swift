import Corpus
import Torch

/// The last layer of a task: from fused words to a loss, or to what was found.
public protocol TaskHead: Module {
    /// The training loss of a batch with gold annotation, a scalar.
    /// - Parameter fused: M^t, `[batch, words, D]`.
    func loss(_ fused: Tensor, _ batch: Batch) -> Tensor

    /// The findings in every post of a batch.
    /// - Parameter fused: M^t, `[batch, words, D]`.
    func decode(_ fused: Tensor, _ batch: Batch) -> [ScoredAnnotation]
}

extension ModelConfiguration {
    /// A fresh head for the task.
    func makeHead() -> any TaskHead {
        switch task {
        case .entities: EntityTagger(self)
        case .relations: RelationClassifier(self)
        case .joint: JointExtractor(self)
        }
    }
}

/// The findings of a model in a post, in word offsets.
public struct ScoredAnnotation: Sendable, Equatable {
    public var entities: [ScoredEntity]
    public var relations: [ScoredRelation]

    public init(entities: [ScoredEntity] = [], relations: [ScoredRelation] = []) {
        self.entities = entities
        self.relations = relations
    }

    /// The same without the scores.
    public var annotation: Annotation {
        Annotation(entities: entities.map(\.entity), relations: relations.map(\.relation))
    }
}

/// An entity with the model's probability for it.
///
/// From the conditional random field, the probability that exactly its words form an entity of its type; from word pairs,
/// the mean probability of its type over its words.
public struct ScoredEntity: Sendable, Equatable {
    public let entity: Entity
    public let score: Double
}

/// A relation with the model's probability for it: the mean over the pairs of words of head and tail, of joint extraction
/// the arithmetic one, and for given entities the geometric one, normalised over the types.
public struct ScoredRelation: Sendable, Equatable {
    public let relation: Relation
    public let score: Double
}
