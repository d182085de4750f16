/// Solves one game after another by one estimator; each thread has its own.
struct GameSolver {
    let estimator: ShapleyEstimator
    let seed: UInt64
    private let exact: ExactSolver?
    private let playerCount: Int

    init(_ estimator: ShapleyEstimator, of value: Semivalue = .shapley, playerCount: Int, seed: UInt64) {
        self.estimator = estimator
        self.seed = seed
        self.playerCount = playerCount
        exact = estimator == .exact && playerCount > 0 ? ExactSolver(value, playerCount: playerCount) : nil
    }

    /// The values of all players of game number `index`, and their standard errors where they can be known.
    func values(of game: CoalitionGame, index: Int) -> (values: [Double], standardErrors: [Double]?) {
        if let exact {
            return (exact.solve(game, weights: Array(repeating: 0, count: playerCount)).values, nil)
        }
        guard estimator.centresRows, playerCount > 0 else { return sampledValues(of: game, index: index) }
        let share = game.similarities.mean / Double(playerCount)
        let (values, standardErrors) = sampledValues(of: game.centred, index: index)
        return (values.map { $0 + share }, standardErrors)
    }

    /// `Σ_i g_i φ_i` of game number `index` for weights `g`, `[players]`, and its gradient.
    func weightedSum(of game: CoalitionGame, index: Int, weights: [Double]) -> (sum: Double, gradient: [Double]) {
        if let exact {
            let (values, gradient) = exact.solve(game, weights: weights)
            return (zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }, gradient)
        }
        guard estimator.centresRows, playerCount > 0 else {
            return sampledSum(of: game, index: index, weights: weights)
        }
        let share = weights.mean
        let (sum, gradient) = sampledSum(of: game.centred, index: index, weights: weights)
        return (
            sum + share * game.similarities.mean, gradient.centred.map { $0 + share / Double(playerCount) }
        )
    }

    private func sampledValues(of game: CoalitionGame, index: Int) -> (values: [Double], standardErrors: [Double]?) {
        let zeros = Array(repeating: 0.0, count: playerCount)
        var walk = OrderWalk(game)
        var (mean, squares, count) = (zeros, zeros, 0.0)
        for orders in OrderGroups(estimator, playerCount: playerCount, seed: seed, game: index) {
            var estimate = zeros
            for order in orders {
                walk.addMarginals(along: order, to: &estimate)
            }
            count += 1
            for player in 0..<playerCount {
                let difference = estimate[player] / Double(orders.count) - mean[player]
                mean[player] += difference / count
                squares[player] += difference * difference * (count - 1) / count
            }
        }
        guard count > 1 else { return (mean, nil) }
        return (mean, squares.map { ($0 / (count * (count - 1))).squareRoot() })
    }

    private func sampledSum(
        of game: CoalitionGame, index: Int, weights: [Double]
    ) -> (sum: Double, gradient: [Double]) {
        var walk = OrderWalk(game)
        var (sum, gradient, count) = (0.0, Array(repeating: 0.0, count: playerCount), 0.0)
        for orders in OrderGroups(estimator, playerCount: playerCount, seed: seed, game: index) {
            for order in orders {
                sum += walk.addWeightedSum(along: order, weights: weights, to: &gradient)
                count += 1
            }
        }
        return count > 0 ? (sum / count, gradient.map { $0 / count }) : (0, gradient)
    }
}

extension ShapleyEstimator {
    /// Whether the orders are walked in the game whose similarities have the mean 0; each value then gets
    /// `mean(s) / k`.
    ///
    /// Where all similarities are `c` larger, exact values are `c / k` larger. Along an order it is the player who
    /// opens it whose marginal is `c` larger, which is noise, and leaves the row sum of a gradient to chance.
    fileprivate var centresRows: Bool {
        switch self {
        case .exact, .cyclic: false
        case .permutation, .antithetic: true
        }
    }
}
