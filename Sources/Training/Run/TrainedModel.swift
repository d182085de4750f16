import Corpus
import Extraction

/// The subject of a model card: a model, the data that it is trained on, and its scores.
package struct TrainedModel: Sendable {
    package let configuration: TrainingConfiguration
    package let structure: ModelConfiguration
    /// The number of values that the model has learnt or may learn, its encoders' included.
    package let parameterCount: Int
    /// The number of those that this training changes.
    package let trainedCount: Int
    package let dataset: Dataset
    /// The best validation F1 and its epoch; nil before training has finished.
    package let best: TrainingState.Best?
    /// The trained model from which it was trained; nil where it was trained afresh.
    package let start: RunStart?
    /// The temperature of its scores; nil before training has finished, and where the model has none.
    package let scoreTemperature: Double?

    package init(
        _ configuration: TrainingConfiguration, model: ShapCA, dataset: Dataset, best: TrainingState.Best?,
        scoreTemperature: Double? = nil, start: RunStart? = nil
    ) {
        self.configuration = configuration
        structure = model.configuration
        parameterCount = model.parameterCount()
        trainedCount = model.trainedCount()
        self.dataset = dataset
        self.best = best
        self.start = start
        self.scoreTemperature = scoreTemperature
    }
}
