import Support

/// The values of all players of a batch of games.
public struct ShapleyValues: Hashable, Sendable {
    /// One value a game and player, `[games, players]`; those of a game sum to its utility.
    public let values: GameMatrix
    /// The standard error of each value, `[games, players]`; nil where the estimator is exact, gives one estimate only
    /// (`cyclic`), or was given a single sample.
    public let standardErrors: GameMatrix?
    /// What all players of each game are worth together, `u(K)`, `[games]`.
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
    /// The Shapley values of all players of the games whose similarities are the rows of a matrix, `[games, players]`.
    ///
    /// The same `seed` gives the same orders, whatever the number of `threads`; nil is one a core. Throws
    /// `ShapleyError.temperature`, `ShapleyError.similarity` and `ShapleyError.sampleCount`.
    public func values(
        of similarities: GameMatrix, temperature: Double, seed: UInt64 = 0, threads: Int? = nil
    ) throws(ShapleyError) -> ShapleyValues {
        try check()
        try CoalitionGame.check(similarities, temperature: temperature)
        let (games, players) = (similarities.games, similarities.players)
        let solutions = concurrentMap(count: games, threads: threads) { run in
            run(GameSolver(self, playerCount: players, seed: seed))
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
    /// Players of weight 0 are not looked at beyond need. Throws `ShapleyError.temperature`, `ShapleyError.similarity`,
    /// `ShapleyError.sampleCount` and `ShapleyError.shape`.
    public func weightedSums(
        of similarities: GameMatrix, weights: GameMatrix, temperature: Double, seed: UInt64 = 0, threads: Int? = nil
    ) throws(ShapleyError) -> ShapleySums {
        try check()
        try CoalitionGame.check(similarities, temperature: temperature)
        let (games, players) = (similarities.games, similarities.players)
        guard (weights.games, weights.players) == (games, players) else {
            throw .shape(
                what: "weights of the values", found: "[\(weights.games), \(weights.players)]",
                expected: "[\(games), \(players)]")
        }
        let solutions = concurrentMap(count: games, threads: threads) { run in
            run(GameSolver(self, playerCount: players, seed: seed))
        } _: { solver, index in
            let game = CoalitionGame(unchecked: similarities.row(index), temperature: temperature)
            return solver.weightedSum(of: game, index: index, weights: weights.row(index))
        }
        return ShapleySums(
            sums: solutions.map(\.sum), gradient: GameMatrix(joining: solutions.map(\.gradient), players: players))
    }
}
