import Corpus
import Extraction
import Foundation
import TestSupport
import Torch
import Training

/// Runs of a tiny model over a tiny corpus, each in a folder of its own.
package final class TinyRun {
    package let scratch: TemporaryFolder
    package var dataset: Dataset
    package var configuration: TrainingConfiguration

    /// - Parameters:
    ///   - pictures: whether every post has a picture, a copy of one that the tests of `Vision` keep.
    ///   - relations: whether the entities of a post are related.
    package init(pictures: Bool = false, relations: Bool = false) throws {
        scratch = try TemporaryFolder()
        try TinyBert.write(to: scratch["encoder"])
        try TinyCorpus.write(to: scratch["corpus"], image: pictures ? "picture.png" : nil, relations: relations)
        if pictures {
            let fixture = DataFolder.checkout.appending(path: "Tests/VisionTests/Fixtures/rgb.png")
            try FileManager.default.copyItem(at: fixture, to: scratch["corpus/picture.png"])
        }
        dataset = try Dataset.load(folder: scratch["corpus"])
        configuration = TrainingConfiguration()
        configuration.text.encoder = scratch["encoder"].path
        configuration.text.maximumLength = TinyBert.maximumPositions
        configuration.picture.encoder = pictures ? "efficientnet-lite0" : "none"
        configuration.fusion.width = 16
        configuration.fusion.heads = 2
        configuration.training.epochs = 3
        configuration.training.batchSize = 8
        (configuration.training.precision, configuration.training.kernels) = (.fp32, .oneDNN)
        configuration.learningRates.merge(["default": 1e-2, "textEncoder": 1e-2]) { $1 }
    }

    /// A model card with the validation score alone.
    package static let card: @Sendable (TrainedModel) -> String = { model in
        model.best.map { String(format: "%.2f F1", 100 * $0.f1) } ?? "no score"
    }

    /// Steps of an epoch.
    package static let stepsPerEpoch = 6

    package func session(_ folder: String = "run", resuming: Bool = false) throws -> TrainingSession {
        try TrainingSession(
            configuration, dataset: dataset, contexts: nil, output: scratch[folder], device: .cpu,
            resuming: resuming, card: Self.card)
    }

    /// Trains from the first step or from a checkpoint.
    @discardableResult
    package func train(
        _ folder: String = "run", resuming: Bool = false, stopAfter lastStep: Int = .max,
        observe: (TrainingEvent) throws -> Void = { _ in }
    ) throws -> Trainer.Outcome {
        var step = 0
        var failure: (any Error)?
        let session = try session(folder, resuming: resuming)
        let outcome = Result {
            try session.run(shouldStop: { step >= lastStep }) { event in
                if case .step(let metrics, _) = event { step = metrics.step }
                do { try observe(event) } catch { failure = error }
            }
        }
        if let failure { throw failure }
        return try outcome.get()
    }

    /// Trains a session from its first step.
    @discardableResult
    package func train(
        _ session: TrainingSession, observe: (TrainingEvent) -> Void = { _ in }
    ) throws -> Trainer.Outcome {
        try session.run(observe: observe)
    }

    /// Copies what is on the disk at this moment: what a run that is killed now leaves behind.
    package func copyFolder(_ folder: String, to copy: String) throws {
        try FileManager.default.copyItem(at: scratch[folder], to: scratch[copy])
    }

    /// The steps of a run.
    package func steps(of folder: String) throws -> [Metrics.Step] {
        try metrics(of: folder).compactMap { if case .step(let step) = $0 { step } else { nil } }
    }

    /// The epochs of a run, without their times.
    package func epochs(of folder: String) throws -> [Metrics.Epoch] {
        try metrics(of: folder).compactMap { metrics in
            guard case .epoch(var epoch) = metrics else { return nil }
            (epoch.trainingSeconds, epoch.validationSeconds, epoch.postsPerSecond) = (0, 0, 0)
            return epoch
        }
    }

    /// The weights and moments of a run's checkpoint, bit for bit.
    package func checkpoint(of folder: String) throws -> [String: [Float]] {
        let tensors = try loadWeights(at: scratch[folder].appending(path: "checkpoint.safetensors"))
        return tensors.filter { !$0.key.hasPrefix("random") }.mapValues { $0.floats() }
    }

    private func metrics(of folder: String) throws -> [Metrics] {
        let lines = try String(contentsOf: scratch[folder].appending(path: "metrics.jsonl"), encoding: .utf8)
        return try lines.split(separator: "\n").map { try JSONDecoder().decode(Metrics.self, from: Data($0.utf8)) }
    }
}
