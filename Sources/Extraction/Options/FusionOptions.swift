/// How words attend to the picture (Eq. 8 to 11).
public struct FusionOptions: Sendable, Equatable, Codable {
    /// What the words bring back from the regions; Eq. 11 contradicts itself, see ARCHITECTURE.md.
    public enum Attention: String, Sendable, Codable, CaseIterable {
        /// From words to regions and back, with the paper's own quantities.
        case `return`
        /// The content of the regions themselves.
        case direct
        /// Nothing: the words stay as they are, as in the paper's Baseline.
        case none
    }

    /// What decides how much of a query or key is replaced by the bridging term.
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
