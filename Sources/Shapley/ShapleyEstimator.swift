import Support

/// A way to compute Shapley values, and with `exact` other semivalues.
///
///     let similarities = try GameMatrix(rows: [[0.9, 0.1], [0.2, 0.8]])
///     let solution = try ShapleyEstimator.exact.values(of: similarities, temperature: 0.1)
///     solution.values.rows    // [[0.850, 0.050], [0.099, 0.699]]
///     solution.utilities      // [0.900, 0.799]
public enum ShapleyEstimator: Hashable, Sendable {
    /// Exact values, in a time that grows as the square of the number of players (for all values of all games).
    case exact
    /// Algorithm 1 of Shap-CA: one random order a game, walked again after rotations by 1/2, 1/4, … of its length.
    case cyclic
    /// The mean over a number of random orders, walked in the game whose similarities have the mean 0.
    case permutation(samples: Int)
    /// The mean over a number of random orders as for `permutation`, each also walked backwards.
    case antithetic(samples: Int)

    /// The names that `init(name:samples:)` knows.
    public static let names = ["exact", "cyclic", "permutation", "antithetic"]

    /// The estimator of a name; `samples` counts only for those that draw any.
    ///
    /// Throws `ShapleyError.unknownEstimator` and `ShapleyError.sampleCount`.
    public init(name: String, samples: Int = 256) throws(ShapleyError) {
        switch name {
        case "exact": self = .exact
        case "cyclic": self = .cyclic
        case "permutation": self = .permutation(samples: samples)
        case "antithetic": self = .antithetic(samples: samples)
        default: throw .unknownEstimator(name)
        }
        try check(for: .shapley)
    }

    /// The estimator's name, without its samples.
    public var name: String {
        switch self {
        case .exact: "exact"
        case .cyclic: "cyclic"
        case .permutation: "permutation"
        case .antithetic: "antithetic"
        }
    }

    /// Throws what keeps the estimator from finding a value.
    func check(for value: Semivalue) throws(ShapleyError) {
        try value.check()
        guard self == .exact || value == .shapley else { throw .estimatorOfSemivalue(name, value: value.name) }
        switch self {
        case .permutation(let samples) where samples < 1: throw .sampleCount(samples)
        case .antithetic(let samples) where samples < 1: throw .sampleCount(samples)
        default: return
        }
    }
}

/// The values of all players of a batch of games.
public struct ShapleyValues: Hashable, Sendable {
    /// One value a game and player, `[games, players]`; Shapley values of a game sum to its utility.
    public let values: GameMatrix
    /// The standard error of each value, `[games, players]`; nil where the estimator is exact, gives one estimate only
    /// (`cyclic`), or was given a single sample.
    public let standardErrors: GameMatrix?
    /// The joint worth of all players of each game, `u(K)`, `[games]`.
    public let utilities: [Double]
}

/// A weighted sum of values for each game of a batch.
public struct ShapleySums: Hashable, Sendable {
    /// `Σ_i g_i φ_i`, `[games]`.
    public let sums: [Double]
    /// Their gradient with respect to the similarities, `[games, players]`; a game depends on its own row only.
    public let gradient: GameMatrix
}

extension ShapleyEstimator {
    /// The values of all players of the games whose similarities are the rows of a matrix, `[games, players]`: Shapley
    /// values, or another semivalue, of which only `exact` knows.
    ///
    /// The same `seed` gives the same orders, whatever the number of `threads`; nil is one a core. Throws
    /// `ShapleyError.temperature`, `ShapleyError.similarity`, `ShapleyError.sampleCount`,
    /// `ShapleyError.semivalueParameter` and `ShapleyError.estimatorOfSemivalue`.
    public func values(
        of similarities: GameMatrix, temperature: Double, value: Semivalue = .shapley, seed: UInt64 = 0,
        threads: Int? = nil
    ) throws(ShapleyError) -> ShapleyValues {
        try check(for: value)
        try CoalitionGame.check(similarities, temperature: temperature)
        let (games, players) = (similarities.games, similarities.players)
        let solutions = concurrentMap(count: games, threads: threads) { run in
            run(GameSolver(self, of: value, playerCount: players, seed: seed))
        } _: { solver, index in
            let game = CoalitionGame(unchecked: similarities.row(index), temperature: temperature)
            let (values, standardErrors) = solver.values(of: game, index: index)
            return (values: values, standardErrors: standardErrors, utility: game.grandUtility)
        }
        let standardErrors = solutions.compactMap(\.standardErrors)
        return ShapleyValues(
            values: GameMatrix(joining: solutions.map(\.values), players: players),
            standardErrors: standardErrors.count == games && games > 0
                ? GameMatrix(joining: standardErrors, players: players) : nil,
            utilities: solutions.map(\.utility))
    }

    /// `Σ_i g_i φ_i` of each game for weights `g`, `[games, players]`, and its gradient with respect to the similarities.
    ///
    /// Players of weight 0 are not looked at beyond need. Throws what `values(of:temperature:value:seed:threads:)`
    /// throws, and `ShapleyError.shape`.
    public func weightedSums(
        of similarities: GameMatrix, weights: GameMatrix, temperature: Double, value: Semivalue = .shapley,
        seed: UInt64 = 0, threads: Int? = nil
    ) throws(ShapleyError) -> ShapleySums {
        try check(for: value)
        try CoalitionGame.check(similarities, temperature: temperature)
        let (games, players) = (similarities.games, similarities.players)
        guard (weights.games, weights.players) == (games, players) else {
            throw .shape(
                what: "weights of the values", found: "[\(weights.games), \(weights.players)]",
                expected: "[\(games), \(players)]")
        }
        let solutions = concurrentMap(count: games, threads: threads) { run in
            run(GameSolver(self, of: value, playerCount: players, seed: seed))
        } _: { solver, index in
            let game = CoalitionGame(unchecked: similarities.row(index), temperature: temperature)
            return solver.weightedSum(of: game, index: index, weights: weights.row(index))
        }
        return ShapleySums(
            sums: solutions.map(\.sum), gradient: GameMatrix(joining: solutions.map(\.gradient), players: players))
    }
}
