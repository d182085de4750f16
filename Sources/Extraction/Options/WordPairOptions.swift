/// How pairs of words are scored (Eq. 14 to 18).
public struct WordPairOptions: Sendable, Equatable, Codable {
    /// Whether the scores of all features are set against those of the text alone: the paper's word-pair contrast.
    public var contrast = true
    /// lambda, the weight of the contrast.
    public var weight = 1.0

    public init() {}
}
