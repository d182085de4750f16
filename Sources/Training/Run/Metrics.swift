import Evaluation
import Extraction
import Foundation

/// One line of `metrics.jsonl`.
package enum Metrics: Sendable, Codable, Equatable {
    case step(Step)
    case epoch(Epoch)

    /// The loss of one step and its terms (Eq. 19); terms that the batch did not have are absent.
    package struct Step: Sendable, Codable, Equatable {
        package var step: Int
        package var epoch: Int
        package var loss: Double
        package var task: Double
        package var semantic: Double?
        package var modality: Double?
        /// The similarity of texts and contexts.
        package var semanticCosines: AlignmentCosines?
        /// The similarity of pictures and contexts, or of pictures and texts.
        package var modalityCosines: AlignmentCosines?
        package var gradientNorm: Double
        package var rateFactor: Double
    }

    /// The outcome of an epoch.
    package struct Epoch: Sendable, Codable, Equatable {
        package var step: Int
        package var epoch: Int
        /// The mean loss of its steps.
        package var loss: Double
        /// The score on the validation split.
        package var validation: Score
        package var trainingSeconds: Double
        package var validationSeconds: Double
        package var postsPerSecond: Double
    }

    /// The step after which the line was written.
    var step: Int {
        switch self {
        case .step(let step): step.step
        case .epoch(let epoch): epoch.step
        }
    }

    package init(from decoder: any Decoder) throws {
        let isEpoch = try decoder.container(keyedBy: Key.self).contains(.validation)
        self = isEpoch ? .epoch(try Epoch(from: decoder)) : .step(try Step(from: decoder))
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .step(let step): try step.encode(to: encoder)
        case .epoch(let epoch): try epoch.encode(to: encoder)
        }
    }

    /// The line itself: JSON with its keys in order, and the end of the line.
    var line: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return try encoder.encode(self) + Data("\n".utf8)
        }
    }

    private enum Key: CodingKey { case validation }
}
