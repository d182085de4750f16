import Corpus

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

    public var attention = Attention.direct
    public var gate = Gate.context
    /// D: the width of queries, keys and values.
    public var width = 256
    public var heads = 8

    public init() {}
}

/// The scores of pairs of words (Eq. 14 to 18).
public struct WordPairOptions: Sendable, Equatable, Codable {
    /// Whether the scores of all features are set against those of the text alone: the paper's word-pair contrast.
    public var contrast = true
    /// lambda, the weight of the contrast.
    public var weight = 1.0

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
