import Corpus
import Extraction

/// What a model card tells of: a model, what it is trained on, and how good it is.
public struct TrainedModel: Sendable {
    public let configuration: TrainingConfiguration
    public let structure: ModelConfiguration
    /// How many numbers the model has learnt or may learn.
    public let parameterCount: Int
    public let dataset: Dataset
    /// The best validation F1 and its epoch; nil before training has finished.
    public let best: TrainingState.Best?

    package init(
        _ configuration: TrainingConfiguration, model: ShapCA, dataset: Dataset, best: TrainingState.Best?
    ) {
        self.configuration = configuration
        structure = model.configuration
        parameterCount = model.parameterCount()
        self.dataset = dataset
        self.best = best
    }
}
