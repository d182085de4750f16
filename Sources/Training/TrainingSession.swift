import Corpus
import Extraction
import Foundation
import Torch

/// A run from its configuration and data to its folder: prepares model and posts, and trains.
///
///     let session = try TrainingSession(
///         configuration, dataset: dataset, contexts: nil, output: URL(filePath: "runs/mine"), device: .cpu,
///         resuming: false, card: { ModelCard($0).markdown })
///     let outcome = try session.run()
package struct TrainingSession {
    package let folder: RunFolder
    /// Notes to show before the run starts.
    package let notes: [String]
    package let extractor: Extractor
    private let trainer: Trainer
    private let configuration: TrainingConfiguration
    private let dataset: Dataset
    private let card: @Sendable (TrainedModel) -> String
    private let lock: RunLock
    private let start: RunStart?

    /// - Parameters:
    ///   - dataset: with a train and a valid split.
    ///   - contexts: the file that the contexts came from, for the record.
    ///   - output: the run's folder.
    ///   - start: the trained model whose weights a new run starts from; nil for a fresh model.
    ///   - resuming: whether the run continues from the folder's state, exactly as if it had not ended.
    ///   - card: the text of the model card, which is written with the model and again when training has finished.
    /// - Throws: ``RunError``, ``ConfigurationError``, `CorpusError` and the errors of encoders and tagger.
    package init(
        _ configuration: TrainingConfiguration, dataset: Dataset, contexts: URL?, output: URL, device: Device,
        start: StartingModel? = nil, resuming: Bool, card: @escaping @Sendable (TrainedModel) -> String
    ) throws {
        let lock = resuming ? try RunLock(output) : nil
        if !resuming { try RunFolder(url: output).requireFree() }
        let begun = resuming ? try RunFolder(url: output).startedEnvironment() : nil
        if begun?.start != nil, !FileManager.default.fileExists(atPath: RunFolder(url: output).checkpoint.path) {
            throw RunError.withoutStart(path: output.path)
        }
        let preparation = try TrainingPreparation(
            configuration, dataset: dataset, contexts: contexts, device: device, start: resuming ? nil : start,
            kept: try begun.map { try $0.kernels ?? RunKernels(ofEarlierRun: RunFolder(url: output)) })
        let environment = RunEnvironment(
            device: device, dataset: dataset, contexts: contexts?.lastPathComponent, kernels: preparation.kernels,
            encoders: preparation.extractor.configuration.encoders, start: begun?.start ?? preparation.start)
        self.lock = try lock ?? RunLock(making: output)
        let folder =
            try resuming
            ? RunFolder.resume(at: output, configuration: configuration, environment: environment)
            : RunFolder.create(at: output, configuration: configuration, environment: environment)
        if !folder.holdsModel {
            let model = TrainedModel(
                configuration, model: preparation.extractor.model, dataset: dataset, best: nil,
                start: environment.start)
            try RunFolder.writing(folder.model) {
                try preparation.extractor.saveFolder(
                    folder.model, textFolder: preparation.textFolder, taggerFolder: configuration.text.tagger,
                    card: card(model))
            }
        }
        trainer = Trainer(preparation, folder: folder, resuming: resuming)
        self.start = environment.start
        extractor = preparation.extractor
        let isElsewhere = begun?.machine.map { $0 != environment.machine } ?? false
        let note = "the run was begun on another machine; it goes on with the same engines, but not to the bit"
        notes = preparation.notes + (isElsewhere ? [note] : [])
        self.folder = folder
        self.configuration = configuration
        self.dataset = dataset
        self.card = card
    }

    /// Trains until the last epoch or until validation has not improved for `training.patience` epochs, then fits the
    /// temperature of the best model's scores and completes the model card with what came out.
    /// - Parameters:
    ///   - shouldStop: asked after every step; the state is saved before the run ends.
    ///   - observe: receives every event.
    /// - Throws: ``RunError``, `TorchError`.
    package func run(
        shouldStop: () -> Bool = { false }, observe: (TrainingEvent) -> Void = { _ in }
    ) throws -> Trainer.Outcome {
        defer { lock.release() }
        let outcome = try trainer.run(shouldStop: shouldStop, observe: observe)
        let model = TrainedModel(
            configuration, model: extractor.model, dataset: dataset, best: outcome.best,
            scoreTemperature: try fitTemperature(), start: start)
        try RunFolder.write(Data(card(model).utf8), to: folder.model.appending(path: "README.md"))
        return outcome
    }

    /// Fits the temperature of the best model's scores to the validation split, and writes it into the model folder.
    /// - Returns: nil for tasks without tags, whose scores have none.
    private func fitTemperature() throws -> Double? {
        guard configuration.task.usesTags else { return nil }
        let best = try Extractor(
            modelFolder: folder.model, device: extractor.model.device, precision: extractor.precision,
            featureCache: configuration.picture.frozen ? FetchedModels.features : nil)
        let temperature = try best.fittedTemperature(
            to: dataset.posts(of: .valid), batchSize: 2 * configuration.training.batchSize)
        try RunFolder.writing(folder.model) {
            try Extractor.setScoreTemperature(temperature, ofModelFolder: folder.model)
        }
        return temperature
    }
}
