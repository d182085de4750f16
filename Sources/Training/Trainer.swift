import Corpus
import Evaluation
import Extraction
import Foundation
import Prediction
import Support
import Torch

/// Trains a model: epochs of batches, validation, early stopping, checkpoints (paper, section 4.2).
package final class Trainer {
    /// The outcome of a run.
    package struct Outcome: Sendable {
        package let best: TrainingState.Best
        package let epochs: Int
        package let steps: Int
        package let seconds: Double
    }

    private let configuration: TrainingConfiguration
    private let extractor: Extractor
    private let training: [PreparedPost]
    private let validation: TrainingPreparation.Validation
    private let folder: RunFolder
    private let resuming: Bool
    private let step: TrainingStep
    private var state = TrainingState()
    /// The losses of the epoch under way.
    private var losses: [Double] = []
    private var warnings: Set<String> = []

    private var model: ShapCA { extractor.model }
    private var options: TrainingConfiguration.Optimization { configuration.training }
    private var stepsPerEpoch: Int { (training.count + options.batchSize - 1) / options.batchSize }

    /// - Parameter resuming: continue from the folder's checkpoint, exactly as if the run had not ended.
    init(_ preparation: TrainingPreparation, folder: RunFolder, resuming: Bool) {
        configuration = preparation.configuration
        extractor = preparation.extractor
        training = preparation.training
        validation = preparation.validation
        self.folder = folder
        self.resuming = resuming
        let batches = (training.count + configuration.training.batchSize - 1) / configuration.training.batchSize
        step = TrainingStep(configuration, model: extractor.model, steps: configuration.training.epochs * batches)
    }

    /// Trains until the last epoch or until validation has not improved for `training.patience` epochs.
    /// - Parameters:
    ///   - shouldStop: asked after every step; the state is saved before the run ends.
    ///   - observe: receives every event.
    /// - Throws: ``RunError``, `TorchError`.
    func run(shouldStop: () -> Bool, observe: (TrainingEvent) -> Void) throws -> Outcome {
        Random.seed(UInt64(options.seed))
        if resuming { try resume(observe) }
        let recorder = try RunRecorder(folder, continuingAt: resuming ? state.step : nil)
        while state.epoch < options.epochs, state.epochsWithoutProgress < options.patience {
            try runEpoch(recorder, shouldStop: shouldStop, observe: observe)
        }
        guard let best = state.best else { throw RunError.withoutModel(path: folder.url.path) }
        return Outcome(best: best, epochs: state.epoch, steps: state.step, seconds: state.seconds)
    }

    private func runEpoch(
        _ recorder: RunRecorder, shouldStop: () -> Bool, observe: (TrainingEvent) -> Void
    ) throws {
        let plan = BatchPlan(
            lengths: training.map(\.encoded.length), batchSize: options.batchSize, seed: options.seed,
            epoch: state.epoch)
        let clock = ContinuousClock()
        // As if this process trained the whole epoch.
        let start = clock.now.advanced(by: .seconds(-state.secondsInEpoch))
        let secondsBefore = state.seconds - state.secondsInEpoch
        var posts = plan.batches.prefix(state.batch).reduce(0) { $0 + $1.count }
        while state.batch < plan.batches.count {
            let indices = plan.batches[state.batch]
            let metrics = try takeStep(indices, observe: observe)
            try recorder.record(.step(metrics))
            losses.append(metrics.loss)
            posts += indices.count
            let seconds = (clock.now - start).seconds
            state.seconds = secondsBefore + seconds
            state.epochSeconds = seconds
            let perStep = seconds / Double(state.batch)
            observe(
                .step(
                    metrics,
                    progress: TrainingEvent.Progress(
                        batch: state.batch, batches: plan.batches.count, epochs: options.epochs,
                        meanLoss: losses.reduce(0, +) / Double(losses.count),
                        postsPerSecond: Double(posts) / seconds, bestF1: state.best?.f1,
                        secondsLeft: perStep * Double(options.epochs * stepsPerEpoch - state.step))))
            if shouldStop() {
                try saveCheckpoint()
                throw RunError.interrupted(step: state.step, path: folder.url.path)
            }
        }
        let trainingSeconds = (clock.now - start).seconds
        let score = try validate()
        let validationSeconds = (clock.now - start).seconds - trainingSeconds
        state.seconds = secondsBefore + trainingSeconds + validationSeconds
        let isBest = score.f1 > state.best?.f1 ?? -1
        let epoch = Metrics.Epoch(
            step: state.step, epoch: state.epoch, loss: losses.reduce(0, +) / Double(losses.count), validation: score,
            trainingSeconds: trainingSeconds, validationSeconds: validationSeconds,
            postsPerSecond: Double(posts) / max(trainingSeconds, 1e-9))
        if isBest { state.best = TrainingState.Best(f1: score.f1, epoch: state.epoch) }
        state.epoch += 1
        state.batch = 0
        state.epochSeconds = 0
        losses = []
        try recorder.record(.epoch(epoch))
        try saveCheckpoint()
        try saveBestModel()
        observe(.epoch(epoch, isBest: isBest))
    }

    private func takeStep(_ indices: [Int], observe: (TrainingEvent) -> Void) throws -> Metrics.Step {
        let posts = try extractor.batch(indices.map { training[$0] }, isTrained: true, isAligned: true)
        for reason in posts.pictureProblems where warnings.insert(reason).inserted { observe(.warning(reason)) }
        let outcome: TrainingStep.Outcome
        do {
            outcome = try step(posts.batch, number: state.step)
        } catch is DivergedError {
            let exists = FileManager.default.fileExists(atPath: folder.checkpoint.path)
            throw RunError.diverged(step: state.step + 1, checkpoint: exists ? folder.checkpoint.path : nil)
        }
        state.step += 1
        state.batch += 1
        let alignment = outcome.losses.alignment
        return Metrics.Step(
            step: state.step, epoch: state.epoch, loss: outcome.loss, task: outcome.losses.task.item(),
            semantic: alignment.semantic?.loss.item(), modality: alignment.modality?.loss.item(),
            semanticCosines: alignment.semantic?.cosines, modalityCosines: alignment.modality?.cosines,
            gradientNorm: outcome.gradientNorm, rateFactor: outcome.rateFactor)
    }

    private func validate() throws -> Score {
        let answers = try extractor.answers(to: validation.posts, batchSize: 2 * options.batchSize)
        return ScoredPosts(
            configuration.task, gold: validation.gold, found: answers.map(\.annotation.annotation)
        ).scores.main.overall
    }

    /// The devices whose random numbers a run draws, by the name under which a checkpoint keeps their state.
    private var randomStates: [String: Device] {
        model.device.isCPU ? ["random.cpu": .cpu] : ["random.cpu": .cpu, "random.cuda": model.device]
    }

    private func resume(_ observe: (TrainingEvent) -> Void) throws {
        guard let (saved, tensors) = try folder.lastState() else {
            try folder.rewindMetrics(to: 0)
            return
        }
        func part(_ prefix: String) -> [String: Tensor] {
            let named = tensors.filter { $0.key.hasPrefix(prefix) }
            return Dictionary(uniqueKeysWithValues: named.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        }
        do {
            try model.load(part("model."))
            try step.optimizer.load(part("optimizer."))
        } catch let error as WeightMismatch {
            throw RunError.damaged(path: folder.checkpoint.path, reason: error.description)
        }
        try withTorchErrors {
            for (name, device) in randomStates {
                if let random = tensors[name] {
                    Random.restore(random, on: device)
                } else if device.isCPU {
                    throw RunError.damaged(path: folder.checkpoint.path, reason: "it has no \(name)")
                } else {
                    observe(.warning("the run began on another device; on \(device) it draws other random numbers"))
                }
            }
        }
        state = saved
        try saveBestModel()
        losses = try folder.rewindMetrics(to: state.step).compactMap { metrics in
            if case .step(let step) = metrics, step.epoch == state.epoch { step.loss } else { nil }
        }
        observe(.resumed(state))
    }

    /// Writes the model where the epoch that has just ended is the best. A run that was killed between a checkpoint and
    /// this does it when it is resumed, so that `model/` always is the best model of the checkpoint.
    private func saveBestModel() throws {
        guard state.batch == 0, let best = state.best, best.epoch == state.epoch - 1 else { return }
        try extractor.saveWeights(to: folder.model)
    }

    private func saveCheckpoint() throws {
        var tensors = randomStates.mapValues { Random.state(of: $0) }
        for (path, tensor) in model.state() { tensors["model.\(path)"] = tensor.detached() }
        for (path, tensor) in step.optimizer.state() { tensors["optimizer.\(path)"] = tensor }
        try folder.save(state, tensors: tensors)
    }
}
