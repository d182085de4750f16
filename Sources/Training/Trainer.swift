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
    /// The same posts without their contexts, where some are hidden.
    private let withoutContexts: [PreparedPost]
    private let draw: PostDraw
    private let modalityDropout: ModalityDropout
    /// The posts that play the games, where these are more than those that the task learns from.
    private let players: [PreparedPost]
    private let validation: TrainingPreparation.Validation
    private let folder: RunFolder
    private let resuming: Bool
    /// Whether weights of a trained model are saved before the first step, so that a resumed run needs no other folder.
    private let startsFromModel: Bool
    private let step: TrainingStep
    private var state = TrainingState()
    /// The losses of the epoch under way.
    private var losses: [Double] = []
    private var warnings: Set<String> = []

    private var model: ShapCA { extractor.model }
    private var options: TrainingConfiguration.Optimization { configuration.training }
    private var stepsPerEpoch: Int { options.passes * Self.batchCount(draw.count, options) }

    private static func batchCount(_ posts: Int, _ options: TrainingConfiguration.Optimization) -> Int {
        (posts + options.batchSize - 1) / options.batchSize
    }

    /// - Parameter resuming: continue from the folder's checkpoint, exactly as if the run had not ended.
    init(_ preparation: TrainingPreparation, folder: RunFolder, resuming: Bool) {
        configuration = preparation.configuration
        extractor = preparation.extractor
        training = preparation.training
        withoutContexts = preparation.withoutContexts
        draw = preparation.draw
        modalityDropout = ModalityDropout(configuration.training)
        players = preparation.players
        validation = preparation.validation
        self.folder = folder
        self.resuming = resuming
        startsFromModel = preparation.start != nil
        step = TrainingStep(
            configuration, model: extractor.model,
            steps: configuration.training.epochs * configuration.training.passes
                * Self.batchCount(draw.count, configuration.training))
    }

    /// Trains until the last epoch or until validation has not improved for `training.patience` epochs.
    /// - Parameters:
    ///   - shouldStop: asked after every step; the state is saved before the run ends.
    ///   - observe: receives every event.
    /// - Throws: ``RunError``, `TorchError`.
    func run(shouldStop: () -> Bool, observe: (TrainingEvent) -> Void) throws -> Outcome {
        Random.seed(UInt64(options.seed))
        if resuming { try resume(observe) } else if startsFromModel { try saveCheckpoint() }
        let recorder = try RunRecorder(folder, continuingAt: resuming ? state.step : nil)
        var watch = CollapseWatch(configuration.alignment)
        for case .epoch(let epoch) in resuming ? try folder.readMetrics() : [] { _ = watch.warnings(after: epoch) }
        while state.epoch < options.epochs, state.epochsWithoutProgress < options.patience {
            let epoch = try runEpoch(recorder, shouldStop: shouldStop, observe: observe)
            for warning in watch.warnings(after: epoch) { observe(.warning(warning)) }
        }
        for warning in watch.finalWarnings { observe(.warning(warning)) }
        guard let best = state.best else { throw RunError.withoutModel(path: folder.url.path) }
        return Outcome(best: best, epochs: state.epoch, steps: state.step, seconds: state.seconds)
    }

    private func runEpoch(
        _ recorder: RunRecorder, shouldStop: () -> Bool, observe: (TrainingEvent) -> Void
    ) throws -> Metrics.Epoch {
        let batches = (0..<options.passes).flatMap { pass in
            self.batches(pass: state.epoch * options.passes + pass)
        }
        let clock = ContinuousClock()
        // As if this process trained the whole epoch.
        let start = clock.now.advanced(by: .seconds(-state.secondsInEpoch))
        let secondsBefore = state.seconds - state.secondsInEpoch
        var posts = batches.prefix(state.batch).reduce(0) { $0 + $1.count }
        let measured = batches.lastIndex { $0.count == options.batchSize } ?? batches.count - 1
        while state.batch < batches.count {
            let indices = batches[state.batch]
            let metrics = try takeStep(
                indices, measuring: state.batch == measured, observe: observe)
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
                        batch: state.batch, batches: batches.count, epochs: options.epochs,
                        meanLoss: losses.reduce(0, +) / Double(losses.count),
                        postsPerSecond: Double(posts) / seconds, bestF1: state.best?.f1,
                        secondsLeft: perStep * Double(options.epochs * stepsPerEpoch - state.step))))
            if shouldStop() {
                try saveCheckpoint()
                throw RunError.interrupted(step: state.step, path: folder.url.path)
            }
        }
        let trainingSeconds = (clock.now - start).seconds
        let (score, scoresOfDatasets, diagnosis) = try validate()
        let validationSeconds = (clock.now - start).seconds - trainingSeconds
        state.seconds = secondsBefore + trainingSeconds + validationSeconds
        let isBest = score.f1 > state.best?.f1 ?? -1
        let epoch = Metrics.Epoch(
            step: state.step, epoch: state.epoch, loss: losses.reduce(0, +) / Double(losses.count), validation: score,
            trainingSeconds: trainingSeconds, validationSeconds: validationSeconds,
            postsPerSecond: Double(posts) / max(trainingSeconds, 1e-9), alignment: diagnosis,
            gradients: state.gradients, datasets: scoresOfDatasets)
        if isBest { state.best = TrainingState.Best(f1: score.f1, epoch: state.epoch, alignment: diagnosis) }
        state.epoch += 1
        state.batch = 0
        state.epochSeconds = 0
        state.gradients = nil
        losses = []
        try recorder.record(.epoch(epoch))
        try saveCheckpoint()
        try saveBestModel()
        observe(.epoch(epoch, isBest: isBest))
        return epoch
    }

    private func plan(of posts: [PreparedPost], pass: Int) -> BatchPlan {
        BatchPlan(
            lengths: posts.map(\.encoded.length), batchSize: options.batchSize, seed: options.seed, epoch: pass,
            ties: state.mergesPlayers ? .random : .byIndex)
    }

    /// The posts of every batch of a pass.
    private func batches(pass: Int) -> [[Int]] {
        let drawn = draw.posts(pass: pass)
        return plan(of: drawn.map { training[$0] }, pass: pass).batches.map { batch in batch.map { drawn[$0] } }
    }

    /// The posts of the next step, without what is hidden from it.
    private func posts(_ indices: [Int]) -> [PreparedPost] {
        zip(indices, modalityDropout.hidden(step: state.step, count: indices.count)).map { index, hidden in
            let post = hidden.context && !withoutContexts.isEmpty ? withoutContexts[index] : training[index]
            return hidden.picture ? post.hidingPictures : post
        }
    }

    private func batch(_ posts: [PreparedPost], isAligned: Bool) throws -> Extractor.PostBatch {
        try extractor.batch(posts, isTrained: true, isAligned: isAligned, mergesEqual: state.mergesPlayers)
    }

    /// The posts that play the games of the next step; nil where those of the step itself do.
    private func nextPlayers() throws -> Extractor.PostBatch? {
        guard !players.isEmpty, configuration.alignment.isPlayed else { return nil }
        let count = Self.batchCount(players.count, options)
        let indices = plan(of: players, pass: state.step / count).batches[state.step % count]
        return try batch(indices.map { players[$0] }, isAligned: true)
    }

    private func takeStep(
        _ indices: [Int], measuring: Bool, observe: (TrainingEvent) -> Void
    ) throws -> Metrics.Step {
        let players = try nextPlayers()
        let posts = try batch(
            posts(indices), isAligned: players == nil && configuration.alignment.isPlayed)
        for reason in posts.pictureProblems + (players?.pictureProblems ?? []) where warnings.insert(reason).inserted {
            observe(.warning(reason))
        }
        let outcome: TrainingStep.Outcome
        do {
            outcome = try step(
                posts.batch, players: players?.batch, number: state.step, measuring: measuring)
        } catch is DivergedError {
            let exists = FileManager.default.fileExists(atPath: folder.checkpoint.path)
            throw RunError.diverged(step: state.step + 1, checkpoint: exists ? folder.checkpoint.path : nil)
        }
        state.step += 1
        state.batch += 1
        state.gradients = outcome.gradients ?? state.gradients
        let alignment = outcome.losses.alignment
        return Metrics.Step(
            step: state.step, epoch: state.epoch, loss: outcome.loss, task: outcome.losses.task.item(),
            hiddenPicture: outcome.losses.hiddenPicture?.item(), text: alignment.text?.loss.item(),
            picture: alignment.picture?.loss.item(), textCosines: alignment.text?.cosines,
            pictureCosines: alignment.picture?.cosines, mergedPlayers: alignment.mergedShare,
            gradientNorm: outcome.gradientNorm, rateFactor: outcome.rateFactor)
    }

    /// The score on the validation split, those of each dataset where it joins several, and what the alignment has
    /// reached there.
    private func validate() throws -> (Score, [String: Score]?, AlignmentDiagnosis?) {
        // A run that began before there was a diagnosis is validated as it was.
        let isAligned = configuration.alignment.isPlayed && state.mergesPlayers
        let answers = try extractor.answers(
            to: validation.prepared, batchSize: (isAligned ? 1 : 2) * options.batchSize,
            comparing: isAligned ? Extractor.Comparison() : nil)
        let scored = extractor.scored(answers, to: validation.posts, validation.prepared).scored
        let datasets = scored.scores(of: validation.parts, in: .valid).mapValues(\.main.overall)
        return (
            scored.scores.main.overall, datasets.isEmpty ? nil : datasets,
            isAligned ? AlignmentDiagnosis(answers.map(\.agreement)) : nil
        )
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
            try model.learntState().load(part("model."))
            try step.optimizer.load(part("optimizer."))
        } catch let error as WeightMismatch {
            throw RunError.damaged(path: folder.checkpoint.path, reason: error.description)
        }
        do {
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
        } catch is TorchError {
            throw RunError.damaged(path: folder.checkpoint.path, reason: "it has no state of random numbers that fits")
        }
        state = saved
        state.batching = saved.batching ?? .separate
        let centred: [Extraction.AlignmentOptions.Estimator] = [.permutation, .antithetic]
        if !state.mergesPlayers, configuration.alignment.method == .shapley,
            centred.contains(configuration.alignment.estimator)
        {
            observe(.warning("the run began with noisier Shapley values; from here on its losses differ a little"))
        }
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
        for (path, tensor) in model.learntState() { tensors["model.\(path)"] = tensor.detached() }
        for (path, tensor) in step.optimizer.state() { tensors["optimizer.\(path)"] = tensor }
        try folder.save(state, tensors: tensors)
    }
}
