import Foundation
import Support

/// An event of a run, for its observers.
package enum TrainingEvent: Sendable {
    /// The run continues from a saved state.
    case resumed(TrainingState)
    /// A step was taken.
    case step(Metrics.Step, progress: Progress)
    /// An epoch was validated; `isBest` when its model was kept.
    case epoch(Metrics.Epoch, isBest: Bool)
    /// Something failed, and the run continues.
    case warning(String)

    /// The progress of an epoch.
    package struct Progress: Sendable {
        package var batch: Int
        package var batches: Int
        package var epochs: Int
        /// The mean loss of the epoch so far.
        package var meanLoss: Double
        package var postsPerSecond: Double
        /// The best validation F1 so far.
        package var bestF1: Double?
        /// Seconds that the run would take from here if no early stop came.
        package var secondsLeft: Double
    }
}

extension TrainingEvent: CustomStringConvertible {
    /// The event in a line, for people.
    package var description: String {
        switch self {
        case .resumed(let state): "continuing after step \(state.step) of epoch \(state.epoch + 1)"
        case .warning(let message): "warning: \(message)"
        case .step(let step, let progress): progress.summary(of: step)
        case .epoch(let epoch, let isBest):
            String(
                format:
                    "epoch %d  loss %.4f  validation P %.2f R %.2f F1 %.2f (%d gold)%@%@  %.0f posts/s  %.1f + %.1f s",
                epoch.epoch + 1, epoch.loss, 100 * epoch.validation.precision, 100 * epoch.validation.recall,
                100 * epoch.validation.f1, epoch.validation.gold, epoch.scoresOfDatasets, isBest ? " *" : "",
                epoch.postsPerSecond, epoch.trainingSeconds, epoch.validationSeconds)
        }
    }
}

extension Metrics.Epoch {
    /// The F1 of each dataset; empty where there is one.
    fileprivate var scoresOfDatasets: String {
        guard let datasets else { return "" }
        let scores = datasets.sorted { $0.key < $1.key }.map { String(format: "%@ %.2f", $0, 100 * $1.f1) }
        return " [\(scores.joined(separator: ", "))]"
    }
}

extension TrainingEvent.Progress {
    /// The progress of the run after a step, in a line.
    package func summary(of step: Metrics.Step) -> String {
        let best = bestF1.map { String(format: "  F1 %.2f", 100 * $0) } ?? ""
        return String(
            format: "epoch %d/%d  %d/%d  loss %.4f%@  %.0f posts/s  %@ left", step.epoch + 1, epochs, batch, batches,
            meanLoss, best, postsPerSecond, secondsLeft.clockTime)
    }
}
