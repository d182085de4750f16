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
    }

    /// Takes a step on a batch with targets and with what the alignment compares.
    /// - Parameter number: the steps taken before.
    /// - Throws: ``DivergedError`` where a loss or gradient is not a number any more, `TorchError`.
    package func callAsFunction(_ batch: Batch, number: Int) throws -> Outcome {
        let losses: ShapCA.Losses
        do {
            losses = try withTrainingMode {
                try model.losses(
                    batch, precision: options.precision.autocast, seed: UInt64(options.seed) << 32 | UInt64(number))
            }
        } catch is ShapleyError {
            throw DivergedError()
        }
        let loss = losses.total.item()
        guard loss.isFinite else { throw DivergedError() }
        try withTorchErrors { losses.total.backward() }
        let norm = try optimizer.gradientNorm()
        guard norm.isFinite else { throw DivergedError() }
        let factor = schedule.factor(at: number)
        try optimizer.step(
            rateFactor: factor,
            gradientDivisor: AdamW.clippingDivisor(maximumNorm: options.maximumGradientNorm, norm: norm))
        return Outcome(losses: losses, loss: loss, gradientNorm: norm, rateFactor: factor)
    }
}

/// A loss or gradient is not a number any more.
package struct DivergedError: Error {}
