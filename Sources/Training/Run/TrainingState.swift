import Extraction

/// The state of a run between two steps: with the tensors of a checkpoint, all that a run needs to continue exactly.
package struct TrainingState: Sendable, Codable, Equatable {
    /// The epoch under way, counted from 0.
    package var epoch = 0
    /// The next batch of the epoch.
    package var batch = 0
    /// Steps taken in all.
    package var step = 0
    /// The best validation F1 so far, and the epoch that reached it.
    package var best: Best?
    /// Seconds spent training and validating, over all sittings.
    package var seconds = 0.0
    /// Seconds spent training in the epoch under way, over all sittings; nil in a checkpoint that does not say.
    package var epochSeconds: Double? = 0
    /// What the terms asked of the text encoder in the epoch under way, once that is measured.
    package var gradients: Metrics.TermGradients?
    /// The rule by which batches are cut and players merged; nil in a checkpoint that does not say, of a run that began
    /// before there was a choice.
    package var batching: Batching? = .merged

    /// How batches are cut and who plays in them.
    package enum Batching: String, Sendable, Codable {
        /// Posts of like length in random order, and equal posts of a batch as one player.
        case merged
        /// Posts of like length in the order of the dataset, each a player.
        case separate
    }

    /// The state before the first step.
    package init() {}

    package struct Best: Sendable, Codable, Equatable {
        package var f1: Double
        package var epoch: Int
        /// What its alignment had reached on the validation split; nil where nothing is aligned.
        package var alignment: AlignmentDiagnosis?

        package init(f1: Double, epoch: Int, alignment: AlignmentDiagnosis? = nil) {
            self.f1 = f1
            self.epoch = epoch
            self.alignment = alignment
        }
    }

    /// Whether every number is one that a run can reach.
    var isPossible: Bool {
        let counts = [epoch, batch, step, best?.epoch ?? 0]
        let times = [seconds, epochSeconds ?? 0]
        return counts.allSatisfy((0...1_000_000_000).contains) && times.allSatisfy((0...1e12).contains)
            && best?.f1.isFinite ?? true
    }

    /// Seconds spent training in the epoch under way; its steps' share of all seconds where nothing says them.
    var secondsInEpoch: Double { epochSeconds ?? seconds * Double(batch) / Double(max(step, 1)) }

    /// Whether equal posts of a batch are one player.
    var mergesPlayers: Bool { batching == .merged }

    /// Epochs that passed since the best one.
    var epochsWithoutProgress: Int { best.map { epoch - 1 - $0.epoch } ?? 0 }
}
