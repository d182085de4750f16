import Corpus
import Support

/// The attention of words to the picture (Eq. 8 to 11).
public struct FusionOptions: Sendable, Equatable, Codable {
    /// The values that the words bring back from the regions; Eq. 11 contradicts itself, see ARCHITECTURE.md.
    public enum Attention: String, Sendable, Codable, CaseIterable {
        /// From words to regions and back, with the paper's own quantities.
        case `return`
        /// The content of the regions themselves.
        case direct
        /// Nothing: the words stay as they are, as in the paper's Baseline.
        case none
    }

    /// The gate that decides how much of a query or key the bridging term replaces.
    public enum Gate: String, Sendable, Codable, CaseIterable {
        /// The context (Eq. 8 to 10).
        case context
        /// Nothing: the paper's "w/o Context in Fusion".
        case none
    }

    /// The paths whose scores decide when predicting.
    public enum Paths: String, Sendable, Codable, CaseIterable {
        /// That with the picture.
        case picture
        /// That with the picture and that without, as a product of experts (Hinton, 2002).
        case both
    }

    public var attention = Attention.direct
    public var gate = Gate.context
    /// The paths whose scores decide when predicting.
    public var paths = Paths.both
    /// D: the width of queries, keys and values.
    public var width = 256
    public var heads = 8

    public init() {}

    /// Reads options; those that earlier versions did not have are as they were without them.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        attention = try fields.choice(.attention)
        gate = try fields.choice(.gate)
        paths = try fields.choice(.paths, default: .picture)
        width = try fields.whole(.width, in: Self.widths)
        heads = try fields.whole(.heads, in: Self.headCounts)
    }

    /// The numbers that ``width`` can be.
    package static let widths = 1...8192
    /// The numbers that ``heads`` can be.
    package static let headCounts = 1...256
}

/// The scores of pairs of words (Eq. 14 to 18).
public struct WordPairOptions: Sendable, Equatable, Codable {
    /// Whether the scores of all features are set against those of the text alone: the paper's word-pair contrast.
    public var contrast = true
    /// lambda, the weight of the contrast.
    public var weight = 1.0
    /// The way from the losses of pairs to that of a batch.
    public var reduction = Reduction.mean

    /// The way from the losses of pairs to that of a batch.
    public enum Reduction: String, Sendable, Codable, CaseIterable {
        /// Their mean, so that the weight of a post does not grow with the square of its length.
        case mean
        /// The sum over the pairs of a post, the mean over posts: Eq. 18 as printed.
        case sum
    }

    public init() {}

    /// Reads options; those that earlier versions did not have are as they were without them.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        contrast = try fields.decode(Bool.self, forKey: .contrast)
        weight = try fields.number(.weight, in: Self.weights)
        reduction = try fields.choice(.reduction, default: .mean)
    }

    /// The numbers that ``weight`` can be.
    package static let weights = 0.0...1000
}

/// What the head of a task reads beside the fused words (Eq. 12 and 14).
public struct HeadOptions: Sendable, Equatable, Codable {
    /// Whether it reads parts of speech and word positions, M^s and M^p.
    public var syntax = true

    public init() {}
}

/// The form in which the encoder sees the two entities of a relation.
public struct MREOptions: Sendable, Equatable, Codable {
    /// Whether head and tail are enclosed in markers of their own (Baldini Soares et al., 2019).
    public var markers = false

    public init() {}
}

extension MREOptions {
    /// The fault of these options in a task; nil where there is none.
    package func problem(in task: ExtractionTask) -> String? {
        guard markers, task.findsEntities else { return nil }
        return "mre.markers marks the given entities of relations, but the task is \(task.rawValue)"
    }
}
