import Extraction
import Torch

/// The engines and the precision with which a run computes.
package struct RunKernels: Sendable, Equatable, Codable {
    /// `fp32` or `bf16`
    package var precision: Precision
    package var choice: KernelChoice

    /// The longest measurement before a training.
    private static let limit = Duration.seconds(5)

    /// Those of a run that was begun before engines were chosen: oneDNN for all.
    /// - Throws: ``ConfigurationError``.
    init(ofEarlierRun folder: RunFolder) throws {
        precision = try TrainingConfiguration(contentsOf: folder.configuration, onto: .earlier).training.precision
        choice = .unmeasured
    }

    /// Chooses for the training of a model, by a measurement where the configuration leaves it to one.
    /// - Throws: `TorchError`.
    package init(_ configuration: TrainingConfiguration, model: ShapCA) throws {
        let training = configuration.training
        let work = model.work(batchSize: training.batchSize, training: true)
        choice = try Kernels(cache: KernelCache(FetchedModels.kernels))
            .choice(training.kernels, for: work, on: model.device, measuringWithin: Self.limit)
        precision = training.precision.resolved(by: choice)
    }
}
