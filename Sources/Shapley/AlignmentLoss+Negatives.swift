extension AlignmentLoss {
    /// The forms of the loss: the term `l` that a game adds to `L = (1/games) Σ_j l_j`, from the values `φ` of its `k`
    /// players and the place `o` of its own one.
    ///
    /// Where all similarities are `c` larger, so is `u(S)` of all coalitions but the empty one, and Shapley values are
    /// `c / k` larger. Hence the row sum `Σ_i ∂l/∂s_i`, what a form makes of a batch that moves closer as a whole, is
    /// the same in every state for `exact`, `permutation` and `antithetic`.
    public enum Negatives: String, Hashable, Sendable, Codable, CaseIterable {
        /// The sum of the others' values, the paper's Eq. 5: `l = -[φ_o - Σ_{i≠o} φ_i] = u(K) - 2 φ_o`.
        ///
        /// Its row sum is `1 - 2/k`: it rewards a batch whose pairs are all alike and far apart, own ones among them.
        case sum
        /// The mean of the others' values: `l = -[φ_o - Σ_{i≠o} φ_i / (k - 1)] = (u(K) - k φ_o) / (k - 1)`.
        ///
        /// It is 0 where all similarities are equal, and its row sum is 0.
        case mean
    }
}

/// A game, the player it is about, and what solves it.
struct OwnedGame {
    let game: CoalitionGame
    /// Its own player; games about one player draw the same orders, so that copies play the same game.
    let own: Int
    let solver: GameSolver

    /// The term of a form in the loss times `scale`, and its gradient, `[players]`.
    ///
    /// With `w` the weight of each other value it is `w Σ_{i≠o} φ_i - scale φ_o = w u(K) - (scale + w) φ_o`, since values
    /// sum to `u(K)`: for every estimator, in value and gradient. It needs one player's value.
    func term(_ negatives: AlignmentLoss.Negatives, scale: Double) -> (loss: Double, gradient: [Double]) {
        let others =
            switch negatives {
            case .sum: scale
            case .mean: scale / Double(game.playerCount - 1)
            }
        let weights = (0..<game.playerCount).map { $0 == own ? -(scale + others) : 0 }
        let value = solver.weightedSum(of: game, index: own, weights: weights)
        let gradient = zip(value.gradient, game.grandUtilityGradient).map { $0 + others * $1 }
        return (value.sum + others * game.grandUtility, gradient)
    }
}
