import Foundation

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
        /// Eq. 5 of the game whose similarities are centred first, `s - mean(s)`; its row sum is 0.
        case centred
        /// Eq. 5 with Banzhaf values, `l = -[φ_o - Σ_{i≠o} φ_i]`, which do not sum to `u(K)`; for the estimator
        /// `exact`.
        ///
        /// Its row sum is `(k - 2) / 2^(k - 1)`. Where `k` is large, an own player whose similarity is below the
        /// others' is hardly pulled, or even pushed away: only small coalitions notice it, and they are rare.
        case banzhaf
        /// The cross-entropy of the own player among all, `l = -log softmax(φ / 0.1)_o`; its row sum is 0.
        case softmax
        /// A softened hinge on the lead of the own player over the mean of the others, which is
        /// `d = φ_o - Σ_{i≠o} φ_i / (k - 1) = (k φ_o - u(K)) / (k - 1)`: `l = 0.1 softplus((0.5 - d) / 0.1)`.
        ///
        /// Its row sum is 0.
        case margin

        /// The value that the form compares.
        var value: Semivalue { self == .banzhaf ? .banzhaf : .shapley }
    }
}

/// A game, the player it is about, and what solves it.
struct OwnedGame {
    let game: CoalitionGame
    /// Its own player; games about one player draw the same orders, so that copies play the same game.
    let own: Int
    let solver: GameSolver

    /// The term of a game in the loss, and its gradient, `[players]`.
    typealias Term = (loss: Double, gradient: [Double])

    /// The term of some form times `scale`.
    func term(_ negatives: AlignmentLoss.Negatives, scale: Double) -> Term {
        switch negatives {
        case .sum: difference(scale: scale, others: scale)
        case .mean: difference(scale: scale, others: scale * (1 / Double(game.playerCount - 1)))
        case .centred: centred(scale: scale)
        case .banzhaf: banzhaf(scale: scale)
        case .softmax: softmax(scale: scale)
        case .margin: margin(scale: scale)
        }
    }

    private func weights(own weight: Double, others: Double) -> [Double] {
        (0..<game.playerCount).map { $0 == own ? weight : others }
    }

    /// `others Σ_{i≠o} φ_i - scale φ_o`, of values that sum to `u(K)`: `others u(K) - (scale + others) φ_o`.
    ///
    /// It holds for every estimator, in value and gradient, and needs one player's value.
    private func difference(scale: Double, others: Double) -> Term {
        let own = solver.weightedSum(of: game, index: own, weights: weights(own: -(scale + others), others: 0))
        let gradient = zip(own.gradient, game.grandUtilityGradient).map { $0 + others * $1 }
        return (own.sum + others * game.grandUtility, gradient)
    }
}

extension OwnedGame {
    private func banzhaf(scale: Double) -> Term {
        let (sum, gradient) = solver.weightedSum(
            of: game, index: own, weights: weights(own: -scale, others: scale))
        return (sum, gradient)
    }
}

extension OwnedGame {
    private func centred(scale: Double) -> Term {
        let centred = OwnedGame(game: game.centred, own: own, solver: solver)
        let (loss, gradient) = centred.difference(scale: scale, others: scale)
        return (loss, gradient.centred)
    }
}

extension OwnedGame {
    /// The temperature of the softmax over values.
    private static let softmaxTemperature = 0.1

    /// The weights of the values in the gradient depend on the values, so the game is solved twice, along the same
    /// orders.
    private func softmax(scale: Double) -> Term {
        let logits = solver.values(of: game, index: own).values.map { $0 / Self.softmaxTemperature }
        let largest = logits.max() ?? 0
        let exponentials = logits.map { exp($0 - largest) }
        let total = exponentials.reduce(0, +)
        var weights = exponentials.map { scale / Self.softmaxTemperature * ($0 / total) }
        weights[own] -= scale / Self.softmaxTemperature
        let (_, gradient) = solver.weightedSum(of: game, index: own, weights: weights)
        return (scale * (log(total) + largest - logits[own]), gradient)
    }
}

extension OwnedGame {
    /// The lead at which the hinge would be, and how soft it is.
    private static let (margin, softness) = (0.5, 0.1)

    private func margin(scale: Double) -> Term {
        let lag = difference(scale: 1, others: 1 / Double(game.playerCount - 1))
        let z = (Self.margin + lag.loss) / Self.softness
        let softplus = max(z, 0) + log1p(exp(-abs(z)))
        let slope = 1 / (1 + exp(-z))
        return (scale * Self.softness * softplus, lag.gradient.map { scale * slope * $0 })
    }
}
