import Foundation
import Support

/// Marginal contributions along an order of the players, and the gradient of a weighted sum of them.
///
/// The players join one after another; with `u_t` the worth of the first `t`, player `π_t` adds `u_t - u_{t-1}`. Hence
/// `Σ_i g_i φ_i = Σ_t c_t u_t` with `c_t = g(π_t) - g(π_{t+1})`, and with the running sum `W_t` of the weights
///
///     ∂/∂s_i = w_i Σ_{t ≥ position of i} c_t / W_t · (1 + (s_i - u_t) / τ),
///
/// two suffix sums. The walk ends with the last player whose `g` is not 0: of a loss that asks for one player's value, it
/// is the prefix up to that player. Weights are kept relative to the largest so far, lest early sums vanish.
struct OrderWalk {
    private let game: CoalitionGame
    /// The largest similarity, the sum of weights relative to it, and the worth of each prefix.
    private var largest: [Double]
    private var totals: [Double]
    private var utilities: [Double]

    init(_ game: CoalitionGame) {
        self.game = game
        largest = Array(repeating: 0, count: game.playerCount)
        totals = largest
        utilities = largest
    }

    /// Adds what each player contributes along an order of all players to `values`, `[players]`.
    mutating func addMarginals(along order: [Int], to values: inout [Double]) {
        walk(order[...])
        var previous = 0.0
        for (position, player) in order.enumerated() {
            values[player] += utilities[position] - previous
            previous = utilities[position]
        }
    }

    /// Returns `Σ_i g_i` times what player `i` contributes, and adds its gradient to `gradient`, `[players]`.
    mutating func addWeightedSum(along order: [Int], weights g: [Double], to gradient: inout [Double]) -> Double {
        guard let end = order.lastIndex(where: { g[$0] != 0 }) else { return 0 }
        walk(order[...end])
        let (similarities, temperature) = (game.similarities, game.temperature)
        var (sum, next) = (0.0, 0.0)
        var (shares, shareUtilities) = (0.0, 0.0)
        var reference = largest[end]
        for position in stride(from: end, through: 0, by: -1) {
            let player = order[position]
            let coefficient = g[player] - next
            next = g[player]
            sum += coefficient * utilities[position]
            if largest[position] < reference {
                let scale = exp((largest[position] - reference) / temperature)
                shares *= scale
                shareUtilities *= scale
                reference = largest[position]
            }
            shares += coefficient / totals[position]
            shareUtilities += coefficient / totals[position] * utilities[position]
            let weight = exp((similarities[player] - reference) / temperature)
            gradient[player] +=
                weight * (shares + (similarities[player] * shares - shareUtilities) / temperature)
        }
        return sum
    }

    private mutating func walk(_ order: ArraySlice<Int>) {
        var (reference, total, weighted) = (-Double.infinity, 0.0, 0.0)
        for (position, player) in order.enumerated() {
            let similarity = game.similarities[player]
            if similarity > reference {
                let scale = exp((reference - similarity) / game.temperature)
                total = total * scale + 1
                weighted = weighted * scale + similarity
                reference = similarity
            } else {
                let weight = exp((similarity - reference) / game.temperature)
                total += weight
                weighted += weight * similarity
            }
            largest[position] = reference
            totals[position] = total
            utilities[position] = weighted / total
        }
    }
}

/// The orders in which an estimator lets the players of a game join; the mean over each group is an estimate of its own.
///
/// Every game has a random stream of its own, so that the orders of one game tell nothing about those of another.
package struct OrderGroups: Sequence, IteratorProtocol {
    private let estimator: ShapleyEstimator
    private let playerCount: Int
    private var generator: SplitMix64
    private var remaining: Int

    /// The orders of game number `game`, for players `0 ..< playerCount`.
    package init(_ estimator: ShapleyEstimator, playerCount: Int, seed: UInt64, game: Int) {
        self.estimator = estimator
        self.playerCount = playerCount
        generator = SplitMix64(seed: seed, stream: game)
        remaining =
            switch estimator {
            case .exact: 0
            case .cyclic: 1
            case .permutation(let samples), .antithetic(let samples): samples
            }
    }

    /// The next group of orders, each `[players]`.
    package mutating func next() -> [[Int]]? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let order = generator.permutation(of: playerCount)
        return switch estimator {
        case .exact, .permutation: [order]
        case .antithetic: [order, order.reversed()]
        case .cyclic: Self.passes(of: order)
        }
    }

    /// The passes of Algorithm 1: the order, rotated by half of the players, then by a quarter, an eighth, ….
    private static func passes(of order: [Int]) -> [[Int]] {
        var passes = [order]
        var rotated = order
        var stride = order.count / 2
        while stride > 1 {
            rotated = Array(rotated[stride...] + rotated[..<stride])
            passes.append(rotated)
            stride /= 2
        }
        return passes
    }
}
