import Corpus
import Evaluation
import Extraction
import Foundation
import Shapley
import Torch

/// Trains a model: batches, loss, optimiser, validation, early stopping, checkpoints (paper, section 4.2).
public final class Trainer {
    /// How a run ended.
    public struct Outcome: Sendable {
        public let best: TrainingState.Best
        public let epochs: Int
        public let steps: Int
        public let seconds: Double
    }

    /// A validation split: posts and their gold annotation in word offsets of the same posts.
    public struct Validation {
        let posts: [PreparedPost]
        let gold: [Annotation]

        public init(posts: [PreparedPost], gold: [Annotation]) {
            self.posts = posts
            self.gold = gold
        }
    }

    private let configuration: TrainingConfiguration
    private let extractor: Extractor
    private let training: [PreparedPost]
    private let validation: Validation
    private let folder: RunFolder
    private let optimizer: AdamW
    private let schedule: CosineSchedule
    private var state = TrainingState()
    private var warnings: Set<String> = []
    private var events: TensorBoardWriter?

    private var model: ShapCA { extractor.model }
    private var options: TrainingConfiguration.Optimization { configuration.training }
    private var stepsPerEpoch: Int { (training.count + options.batchSize - 1) / options.batchSize }

    /// - Throws: ``RunError/emptySplit(_:)``.
    public init(
        _ configuration: TrainingConfiguration, extractor: Extractor, training: [PreparedPost],
        validation: Validation, folder: RunFolder
    ) throws {
        guard !training.isEmpty else { throw RunError.emptySplit("train") }
        guard !validation.posts.isEmpty else { throw RunError.emptySplit("valid") }
        self.configuration = configuration
        self.extractor = extractor
        self.training = training
        self.validation = validation
        self.folder = folder
        if configuration.text.frozen { extractor.model.textEncoder.freeze() }
        let trained = extractor.model.parameters().filter { $0.tensor.requiresGradient }
        let groups = Dictionary(grouping: trained) { configuration.learningRate(of: $0.path) }
        optimizer = AdamW(
            groups.sorted { $0.key < $1.key }.map { rate, parameters in
                AdamW.Group(parameters, learningRate: rate, weightDecay: configuration.training.weightDecay)
            })
        let batches = (training.count + configuration.training.batchSize - 1) / configuration.training.batchSize
        schedule = CosineSchedule(
            steps: configuration.training.epochs * batches, warmupShare: configuration.training.warmup)
    }

    /// Trains until the last epoch or until validation has not improved for `training.patience` epochs.
    /// - Parameters:
    ///   - resuming: go on from the run's checkpoint, exactly as if the run had not ended.
    ///   - shouldStop: asked after every step; the state is saved before the run ends.
    ///   - observe: is told what happens.
    /// - Throws: ``RunError``, `TorchError`.
    public func run(
        resuming: Bool = false, shouldStop: () -> Bool = { false }, observe: (TrainingEvent) -> Void = { _ in }
    ) throws -> Outcome {
        Random.seed(UInt64(options.seed))
        if resuming { try resume(observe) }
        events = try TensorBoardWriter(folder: folder.url, resumingAt: resuming ? state.step : nil)
        while state.epoch < options.epochs, state.epochsWithoutProgress < options.patience {
            try runEpoch(shouldStop: shouldStop, observe: observe)
        }
        guard let best = state.best else { throw RunError.nothingToResume(path: folder.url.path) }
        return Outcome(best: best, epochs: state.epoch, steps: state.step, seconds: state.seconds)
    }

    private func runEpoch(shouldStop: () -> Bool, observe: (TrainingEvent) -> Void) throws {
        let plan = BatchPlan(
            lengths: training.map(\.encoded.length), batchSize: options.batchSize, seed: options.seed,
            epoch: state.epoch)
        let clock = ContinuousClock()
        // As if the whole epoch had been trained in this sitting.
        let start = clock.now.advanced(by: .seconds(-state.secondsInEpoch))
        let secondsBefore = state.seconds - state.secondsInEpoch
        var losses = try folder.readMetrics().compactMap { metrics in
            if case .step(let step) = metrics, step.epoch == state.epoch, step.step <= state.step {
                step.loss
            } else {
                nil
            }
        }
        var posts = plan.batches.prefix(state.batch).reduce(0) { $0 + $1.count }
        model.train()
        while state.batch < plan.batches.count {
            let indices = plan.batches[state.batch]
            let metrics = try step(indices, observe: observe)
            try record(.step(metrics))
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
        try record(.epoch(epoch))
        try saveCheckpoint()
        try saveBestModel()
        observe(.epoch(epoch, isBest: isBest))
    }

    private func step(_ indices: [Int], observe: (TrainingEvent) -> Void) throws -> Metrics.Step {
        let (batch, _, lost) = try extractor.batch(indices.map { training[$0] })
        for reason in lost where warnings.insert(reason).inserted { observe(.warning(reason)) }
        let losses: ShapCA.Losses
        do {
            losses = try model.losses(
                batch, precision: options.precision.autocast, seed: UInt64(options.seed) << 32 | UInt64(state.step))
        } catch is ShapleyError {
            throw diverged()
        }
        let loss = losses.total.item()
        guard loss.isFinite else { throw diverged() }
        try withTorchErrors { losses.total.backward() }
        let norm = try optimizer.gradientNorm()
        guard norm.isFinite else { throw diverged() }
        let factor = schedule.factor(at: state.step)
        try optimizer.step(
            rateFactor: factor,
            gradientDivisor: AdamW.clippingDivisor(maximumNorm: options.maximumGradientNorm, norm: norm))
        state.step += 1
        state.batch += 1
        return Metrics.Step(
            step: state.step, epoch: state.epoch, loss: loss, task: losses.task.item(),
            semantic: losses.alignment.semantic?.loss.item(), modality: losses.alignment.modality?.loss.item(),
            semanticCosines: losses.alignment.semantic?.cosines, modalityCosines: losses.alignment.modality?.cosines,
            gradientNorm: norm, rateFactor: factor)
    }

    private func diverged() -> RunError {
        let exists = FileManager.default.fileExists(atPath: folder.checkpoint.path)
        return .diverged(step: state.step + 1, checkpoint: exists ? folder.checkpoint.path : nil)
    }

    private func record(_ metrics: Metrics) throws {
        try folder.append(metrics)
        try events?.write(metrics)
    }

    private func validate() throws -> Score {
        model.train(false)
        defer { model.train() }
        let predicted = try extractor.annotations(validation.posts, batchSize: 2 * options.batchSize)
        return TaskScores(
            model.configuration.task, gold: validation.gold, predicted: predicted.map(\.annotation)
        ).main.overall
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
            try optimizer.load(part("optimizer."))
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
        try folder.rewindMetrics(to: state.step)
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
        for (path, tensor) in optimizer.state() { tensors["optimizer.\(path)"] = tensor }
        try folder.save(state, tensors: tensors)
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
