/// Solves one game after another by one estimator; each thread has its own.
struct GameSolver {
    let estimator: ShapleyEstimator
    let seed: UInt64
    private let exact: ExactSolver?
    private let playerCount: Int

    init(_ estimator: ShapleyEstimator, playerCount: Int, seed: UInt64) {
        self.estimator = estimator
        self.seed = seed
        self.playerCount = playerCount
        exact = estimator == .exact && playerCount > 0 ? ExactSolver(playerCount: playerCount) : nil
    }

    /// The values of all players of game number `index`, and their standard errors where they can be known.
    func values(of game: CoalitionGame, index: Int) -> (values: [Double], standardErrors: [Double]?) {
        let zeros = Array(repeating: 0.0, count: playerCount)
        if let exact {
            return (exact.solve(game, weights: zeros).values, nil)
        }
        let groups = estimator.orderGroups(players: playerCount, seed: seed, game: index)
        var walk = OrderWalk(game)
        var (mean, squares) = (zeros, zeros)
        for (number, orders) in groups.enumerated() {
            var estimate = zeros
            for order in orders {
                walk.addMarginals(along: order, to: &estimate)
            }
            for player in 0..<playerCount {
                let difference = estimate[player] / Double(orders.count) - mean[player]
                mean[player] += difference / Double(number + 1)
                squares[player] += difference * difference * Double(number) / Double(number + 1)
            }
        }
        guard groups.count > 1 else { return (mean, nil) }
        let degrees = Double(groups.count) * Double(groups.count - 1)
        return (mean, squares.map { ($0 / degrees).squareRoot() })
    }

    /// `Σ_i g_i φ_i` of game number `index` for weights `g`, `[players]`, and its gradient.
    func weightedSum(of game: CoalitionGame, index: Int, weights: [Double]) -> (sum: Double, gradient: [Double]) {
        if let exact {
            let (values, gradient) = exact.solve(game, weights: weights)
            return (zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }, gradient)
        }
        let orders = estimator.orderGroups(players: playerCount, seed: seed, game: index).joined()
        var walk = OrderWalk(game)
        var (sum, gradient) = (0.0, Array(repeating: 0.0, count: playerCount))
        for order in orders {
            sum += walk.addWeightedSum(along: order, weights: weights, to: &gradient)
        }
        let count = Double(max(orders.count, 1))
        return (sum / count, gradient.map { $0 / count })
    }
}
