import Corpus
import Torch

/// The last layer of a task: from fused words to a loss, or to what was found.
package protocol TaskHead: Module {
    /// The training loss of a batch with gold annotation, a scalar.
    /// - Parameter fused: M^t, `[batch, words, D]`.
    func loss(_ fused: Tensor, _ batch: Batch) -> Tensor

    /// The findings in every post of a batch.
    /// - Parameter paths: M^t, `[batch, words, D]`, by each path whose scores count; the mean of their scores decides.
    func decode(_ paths: [Tensor], _ batch: Batch) -> [ScoredAnnotation]
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
package struct ScoredAnnotation: Sendable, Equatable {
    package var entities: [ScoredEntity]
    package var relations: [ScoredRelation]

    package init(entities: [ScoredEntity] = [], relations: [ScoredRelation] = []) {
        self.entities = entities
        self.relations = relations
    }

    /// The same without the scores.
    package var annotation: Annotation {
        Annotation(entities: entities.map(\.entity), relations: relations.map(\.relation))
    }
}

/// An entity with the model's probability for it.
///
/// From the conditional random field, the probability that exactly its words form an entity of its type; from word pairs,
/// the mean probability of its type over its words.
package struct ScoredEntity: Sendable, Equatable {
    package let entity: Entity
    package let score: Double
}

/// A relation with the model's probability for it: the mean over the pairs of words of head and tail, of joint extraction
/// the arithmetic one, and for given entities the geometric one, normalised over the types.
package struct ScoredRelation: Sendable, Equatable {
    package let relation: Relation
    package let score: Double
}
