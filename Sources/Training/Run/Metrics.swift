import Evaluation
import Extraction
import Foundation
import Support

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
        /// The task's loss with every picture hidden.
        package var hiddenPicture: Double?
        /// The alignment of texts and contexts, L_semantic.
        package var text: Double?
        /// The alignment of pictures and contexts, L_modality, or of pictures and texts.
        package var picture: Double?
        package var textCosines: AlignmentCosines?
        package var pictureCosines: AlignmentCosines?
        /// The share of the items of the step's games that are one player with an equal item.
        package var mergedPlayers: Double?
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
        /// What the alignment has reached on the validation split; nil where nothing is aligned.
        package var alignment: AlignmentDiagnosis?
        /// The gradients of the epoch's last full batch on the text encoder; nil where it is frozen or nothing is aligned.
        package var gradients: TermGradients?
        /// The score on the validation split of each dataset that is learnt from; nil for one.
        package var datasets: [String: Score]?
    }

    /// What each term of the loss, with its weight, asks of the text encoder.
    package struct TermGradients: Sendable, Codable, Equatable {
        /// The 2-norm of the task's gradient.
        package var task: Double
        package var text: Term?
        package var picture: Term?

        /// The gradient of a term of the alignment.
        package struct Term: Sendable, Codable, Equatable {
            package var norm: Double
            /// The cosine with the task's gradient: below 0, the two pull against each other.
            package var cosine: Double
        }
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
            try JSONEncoder.compact.encode(self) + Data("\n".utf8)
        }
    }

    private enum Key: CodingKey { case validation }
}

extension Metrics.Step {
    /// The keys under which earlier versions wrote the terms of the alignment.
    private enum EarlierKeys: String, CodingKey {
        case text = "semantic"
        case picture = "modality"
        case textCosines = "semanticCosines"
        case pictureCosines = "modalityCosines"
    }

    /// Reads a line of this version or of an earlier one.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let earlier = try decoder.container(keyedBy: EarlierKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, _ earlierKey: EarlierKeys) throws -> Value? {
            try fields.decodeIfPresent(Value.self, forKey: key)
                ?? earlier.decodeIfPresent(Value.self, forKey: earlierKey)
        }
        step = try fields.decode(Int.self, forKey: .step)
        epoch = try fields.decode(Int.self, forKey: .epoch)
        loss = try fields.decode(Double.self, forKey: .loss)
        task = try fields.decode(Double.self, forKey: .task)
        hiddenPicture = try fields.decodeIfPresent(Double.self, forKey: .hiddenPicture)
        text = try value(.text, .text)
        picture = try value(.picture, .picture)
        textCosines = try value(.textCosines, .textCosines)
        pictureCosines = try value(.pictureCosines, .pictureCosines)
        mergedPlayers = try fields.decodeIfPresent(Double.self, forKey: .mergedPlayers)
        gradientNorm = try fields.decode(Double.self, forKey: .gradientNorm)
        rateFactor = try fields.decode(Double.self, forKey: .rateFactor)
    }
}
