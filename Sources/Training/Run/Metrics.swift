import Evaluation
import Extraction

/// One line of `metrics.jsonl`.
public enum Metrics: Sendable, Codable, Equatable {
    case step(Step)
    case epoch(Epoch)

    /// The loss of one step and its terms (Eq. 19); terms that the batch did not have are absent.
    public struct Step: Sendable, Codable, Equatable {
        public var step: Int
        public var epoch: Int
        public var loss: Double
        public var task: Double
        public var semantic: Double?
        public var modality: Double?
        /// The similarity of texts and contexts.
        public var semanticCosines: AlignmentCosines?
        /// The similarity of pictures and contexts, or of pictures and texts.
        public var modalityCosines: AlignmentCosines?
        public var gradientNorm: Double
        public var rateFactor: Double
    }

    /// The outcome of an epoch.
    public struct Epoch: Sendable, Codable, Equatable {
        public var step: Int
        public var epoch: Int
        /// The mean loss of its steps.
        public var loss: Double
        /// The score on the validation split.
        public var validation: Score
        public var trainingSeconds: Double
        public var validationSeconds: Double
        public var postsPerSecond: Double
    }

    /// The step after which the line was written.
    var step: Int {
        switch self {
        case .step(let step): step.step
        case .epoch(let epoch): epoch.step
        }
    }

    public init(from decoder: any Decoder) throws {
        let isEpoch = try decoder.container(keyedBy: Key.self).contains(.validation)
        self = isEpoch ? .epoch(try Epoch(from: decoder)) : .step(try Step(from: decoder))
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .step(let step): try step.encode(to: encoder)
        case .epoch(let epoch): try epoch.encode(to: encoder)
        }
    }

    private enum Key: CodingKey { case validation }
}
