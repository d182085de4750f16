import Torch

/// The last layer of a task: from fused words to a loss, or to what was found.
public protocol TaskHead: Module {
    /// The training loss of a batch with gold annotation, a scalar.
    /// - Parameter fused: M^t, `[batch, words, D]`.
    func loss(_ fused: Tensor, _ batch: Batch) -> Tensor

    /// What is found in every post of a batch.
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
