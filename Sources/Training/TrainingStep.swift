import Extraction
import Shapley
import Torch

/// One step of training: the losses of a batch, their gradients, and what the optimiser makes of them (paper, section 4.2).
package final class TrainingStep {
    package let optimizer: AdamW
    private let model: ShapCA
    private let schedule: CosineSchedule
    private let options: TrainingConfiguration.Optimization

    /// - Parameters:
    ///   - model: the model to train; frozen parameters stay as they are.
    ///   - steps: the number of steps of the whole training, for the schedule of learning rates.
    package init(_ configuration: TrainingConfiguration, model: ShapCA, steps: Int) {
        let trained = model.parameters().filter { $0.tensor.requiresGradient }
        let groups = Dictionary(grouping: trained) { configuration.learningRate(of: $0.path) }
        optimizer = AdamW(
            groups.sorted { $0.key < $1.key }.map { rate, parameters in
                AdamW.Group(parameters, learningRate: rate, weightDecay: configuration.training.weightDecay)
            })
        schedule = CosineSchedule(steps: steps, warmupShare: configuration.training.warmup)
        self.model = model
        options = configuration.training
    }

    /// The losses of a step, with the norm of the gradient before clipping and the factor of the learning rates.
    package struct Outcome {
        package let losses: ShapCA.Losses
        /// `losses.total` as a number.
        package let loss: Double
        package let gradientNorm: Double
        package let rateFactor: Double
        /// What each term asks of the text encoder, where that was measured.
        package let gradients: Metrics.TermGradients?
    }

    /// Takes a step on a batch with targets and with what the alignment compares.
    /// - Parameters:
    ///   - players: the posts that play the games; nil where those of the batch do.
    ///   - number: the steps taken before.
    ///   - measuring: whether the gradient of each term on the text encoder is measured too.
    /// - Throws: ``DivergedError`` where a loss or gradient is not a number any more, `TorchError`.
    package func callAsFunction(
        _ batch: Batch, players: Batch? = nil, number: Int, measuring: Bool = false
    ) throws -> Outcome {
        let losses: ShapCA.Losses
        do {
            losses = try withTrainingMode {
                try model.losses(
                    batch, players: players, precision: options.precision.autocast,
                    hiddenPictureWeight: options.hiddenPicture, seed: UInt64(options.seed) << 32 | UInt64(number))
            }
        } catch is ShapleyError {
            throw DivergedError()
        }
        let loss = losses.total.item()
        guard loss.isFinite else { throw DivergedError() }
        let gradients = try measuring ? withTorchErrors { termGradients(losses) } : nil
        try withTorchErrors { losses.total.backward() }
        let norm = try optimizer.gradientNorm()
        guard norm.isFinite else { throw DivergedError() }
        let factor = schedule.factor(at: number)
        try optimizer.step(
            rateFactor: factor,
            gradientDivisor: AdamW.clippingDivisor(maximumNorm: options.maximumGradientNorm, norm: norm))
        return Outcome(
            losses: losses, loss: loss, gradientNorm: norm, rateFactor: factor, gradients: gradients)
    }

    private func termGradients(_ losses: ShapCA.Losses) -> Metrics.TermGradients? {
        let trained = model.textEncoder.parameters().map(\.tensor).filter(\.requiresGradient)
        guard !trained.isEmpty, losses.weighted.text ?? losses.weighted.picture != nil else { return nil }
        let task = losses.task.gradients(withRespectTo: trained)
        let taskNorm = Self.product(task, task).squareRoot()
        func term(_ loss: Tensor?) -> Metrics.TermGradients.Term? {
            guard let loss else { return nil }
            let gradient = loss.gradients(withRespectTo: trained)
            let norm = Self.product(gradient, gradient).squareRoot()
            let scale = norm * taskNorm
            return Metrics.TermGradients.Term(
                norm: norm, cosine: scale > 0 ? Self.product(gradient, task) / scale : 0)
        }
        return Metrics.TermGradients(
            task: taskNorm, text: term(losses.weighted.text), picture: term(losses.weighted.picture))
    }

    /// The scalar product of two gradients.
    private static func product(_ a: [Tensor?], _ b: [Tensor?]) -> Double {
        zip(a, b).reduce(0) { sum, pair in
            guard let a = pair.0, let b = pair.1 else { return sum }
            return sum + (a * b).sum().item()
        }
    }
}

/// A loss or gradient is not a number any more.
package struct DivergedError: Error {}
