import Shapley

/// How like the two sides of a batch are: the means of the cosines that are aligned.
public struct AlignmentCosines: Sendable, Codable, Equatable {
    /// Of the pairs that belong together.
    public var own: Double
    /// Of all others. Where it is near `own`, the sides are not told apart, whatever the loss says.
    public var others: Double

    /// - Parameter similarities: `[items, items]` with own pairs on the diagonal; at least two items.
    init(_ similarities: GameMatrix) {
        let count = similarities.games
        let trace = (0..<count).reduce(0) { $0 + similarities[$1, $1] }
        own = trace / Double(count)
        others = (similarities.elements.reduce(0, +) - trace) / Double(count * (count - 1))
    }
}
