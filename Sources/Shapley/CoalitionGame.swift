import Foundation

/// The game that one text plays against the contexts of its batch (Eq. 4 of Shap-CA).
///
/// Player `i` has the similarity `s_i` to the text and the weight `w_i = exp(s_i / τ)`. A coalition is worth the
/// weighted mean of its similarities,
///
///     u(S) = Σ_{i∈S} w_i s_i / Σ_{i∈S} w_i,    u(∅) = 0.
public struct CoalitionGame: Hashable, Sendable {
    /// The temperatures `τ` that a game may have.
    public static let temperatures: ClosedRange<Double> = 1e-6...1e6

    /// The similarities that a game may have: cosines are far within.
    public static let range: ClosedRange<Double> = -1e6...1e6

    /// One similarity a player, `[players]`.
    public let similarities: [Double]
    /// The temperature `τ` of the weights.
    public let temperature: Double

    /// A game of given similarities.
    ///
    /// Throws `ShapleyError.temperature` and, as row 0, `ShapleyError.nonFiniteNumber` and `ShapleyError.similarity`.
    public init(similarities: [Double], temperature: Double) throws(ShapleyError) {
        try Self.check(GameMatrix(similarities, games: 1, players: similarities.count), temperature: temperature)
        self.init(unchecked: similarities, temperature: temperature)
    }

    init(unchecked similarities: [Double], temperature: Double) {
        self.similarities = similarities
        self.temperature = temperature
    }

    /// The number of players.
    public var playerCount: Int { similarities.count }

    /// The worth of a coalition of distinct players, `u(S)`.
    public func utility(of coalition: some Collection<Int>) -> Double {
        guard let largest = coalition.lazy.map({ similarities[$0] }).max() else { return 0 }
        var (weights, weightedSimilarities) = (0.0, 0.0)
        for player in coalition {
            let weight = exp((similarities[player] - largest) / temperature)
            weights += weight
            weightedSimilarities += weight * similarities[player]
        }
        return weightedSimilarities / weights
    }

    /// The worth of all players together, `u(K)`.
    public var grandUtility: Double { utility(of: similarities.indices) }

    /// The gradient of `u(K)` with respect to the similarities, `[players]`: `p_i (1 + (s_i - u(K)) / τ)` with
    /// `p_i = w_i / Σ_j w_j`.
    package var grandUtilityGradient: [Double] {
        guard let largest = similarities.max() else { return [] }
        let weights = similarities.map { exp(($0 - largest) / temperature) }
        let total = weights.reduce(0, +)
        let utility = zip(weights, similarities).reduce(0) { $0 + $1.0 * $1.1 } / total
        return zip(weights, similarities).map { weight, similarity in
            weight / total * (1 + (similarity - utility) / temperature)
        }
    }

    /// The game whose similarities have the mean 0: every coalition but the empty one is worth `mean(s)` less.
    var centred: CoalitionGame { CoalitionGame(unchecked: similarities.centred, temperature: temperature) }

    /// Throws what keeps the rows of a matrix from being games.
    static func check(_ similarities: GameMatrix, temperature: Double) throws(ShapleyError) {
        try check(temperature: temperature)
        guard let index = similarities.elements.firstIndex(where: { !range.contains($0) }) else { return }
        let (row, column) = index.quotientAndRemainder(dividingBy: similarities.players)
        throw .similarity(value: similarities.elements[index], row: row, column: column)
    }

    static func check(temperature: Double) throws(ShapleyError) {
        guard temperatures.contains(temperature) else { throw .temperature(temperature) }
    }
}

extension [Double] {
    /// The mean of one number or more.
    var mean: Double { reduce(0, +) / Double(count) }

    /// The numbers less their mean: the projection onto the lists of mean 0, of similarities as of their gradient.
    var centred: [Double] {
        let mean = mean
        return map { $0 - mean }
    }
}
