import Foundation
import Shapley
import Support

/// The definitions, written out: what everything else is held against.
enum BruteForce {
    /// Semivalues from the worth of all `2^k` coalitions.
    static func values(
        _ similarities: [Double], temperature: Double, value: Semivalue = .shapley
    ) throws -> [Double] {
        let count = similarities.count
        let game = try CoalitionGame(similarities: similarities, temperature: temperature)
        let utilities = (0..<1 << count).map { coalition in
            game.utility(of: (0..<count).filter { coalition >> $0 & 1 == 1 })
        }
        let odds = (0..<count).map { value.odds(ofSize: $0, playerCount: count) }
        return (0..<count).map { player in
            var value = 0.0
            for coalition in 0..<1 << count where coalition >> player & 1 == 0 {
                value += odds[coalition.nonzeroBitCount] * (utilities[coalition | 1 << player] - utilities[coalition])
            }
            return value
        }
    }

    /// Algorithm 1 of the paper for one order of the players.
    static func cyclic(_ game: CoalitionGame, order: [Int]) -> [Double] {
        var order = order
        var values = Array(repeating: 0.0, count: game.playerCount)
        var (stride, passes) = (game.playerCount / 2, 0)
        while stride > 0 {
            for (position, player) in order.enumerated() {
                values[player] += game.utility(of: order[...position]) - game.utility(of: order[..<position])
            }
            order = Array(order[stride...] + order[..<stride])
            stride /= 2
            passes += 1
        }
        return values.map { $0 / Double(passes) }
    }

    /// The term of a game in an alignment loss by its definition, from the values of all players.
    static func term(_ negatives: AlignmentLoss.Negatives, of values: [Double], own: Int) -> Double {
        let others = values.reduce(0, +) - values[own]
        return switch negatives {
        case .sum: others - values[own]
        case .mean: others / Double(values.count - 1) - values[own]
        }
    }

    /// An alignment loss by its definition, from the values of all players, and its gradient.
    static func loss(
        _ loss: AlignmentLoss, of similarities: GameMatrix, owners: [Int], seed: UInt64
    ) throws -> (loss: Double, gradient: [Double]) {
        let values = try loss.estimator.values(of: similarities, temperature: loss.temperature, seed: seed)
        let terms = zip(values.values.rows, owners).map { term(loss.negatives, of: $0, own: $1) }
        let weights = zip(values.values.rows, owners).map { values, own in
            gradient(at: values) { term(loss.negatives, of: $0, own: own) / Double(similarities.games) }
        }
        let solution = try loss.estimator.weightedSums(
            of: similarities, weights: GameMatrix(rows: weights), temperature: loss.temperature, seed: seed)
        return (terms.reduce(0, +) / Double(similarities.games), solution.gradient.elements)
    }

    /// The gradient of a function by central differences.
    static func gradient(
        at point: [Double], step: Double = 1e-6, of function: ([Double]) throws -> Double
    ) rethrows -> [Double] {
        try point.indices.map { index in
            var (above, below) = (point, point)
            above[index] += step
            below[index] -= step
            return try (function(above) - function(below)) / (2 * step)
        }
    }

    /// All orders of `0 ..< count`.
    static func orders(of count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(of: count - 1).flatMap { order in
            (0...order.count).map { position in
                var longer = order
                longer.insert(count - 1, at: position)
                return longer
            }
        }
    }
}

extension Semivalue {
    /// The probability that the players who join before another are a given coalition.
    fileprivate func odds(ofSize size: Int, playerCount: Int) -> Double {
        let (with, without) = (Double(size), Double(playerCount - 1 - size))
        func logBeta(_ heads: Double, _ tails: Double) -> Double {
            lgamma(heads) + lgamma(tails) - lgamma(heads + tails)
        }
        return switch self {
        case .shapley: exp(logBeta(with + 1, without + 1))
        case .banzhaf: exp2(-Double(playerCount - 1))
        case .beta(let alpha, let beta): exp(logBeta(with + beta, without + alpha) - logBeta(beta, alpha))
        }
    }
}

/// Similarities of every character that games can have.
enum Games {
    static let temperatures = [0.01, 0.03, 0.1, 0.3, 1.0]

    /// Uniform in [-1, 1].
    static func random(players: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix64(seed: seed, stream: players)
        return (0..<players).map { _ in Double.random(in: -1...1, using: &generator) }
    }

    /// A batch of random games, `[games, players]`.
    static func batch(games: Int, players: Int, seed: UInt64 = 0) throws -> GameMatrix {
        try GameMatrix(rows: (0..<games).map { random(players: players, seed: seed + 100 * UInt64($0 + 1)) })
    }

    /// Ties, dominant players, weights down to `exp(-200)` and other hard cases.
    static let extreme: [[Double]] = [
        [1, -1], [0, 0], [1, 1, 1, 1, 1], [-1, -1, -1],
        [1, -1, -1, -1, -1, -1, -1, -1], [1, 1, -1, -1, 0, 0], [-1, 1, 1, 1, 1, 1, 1],
        [1, 0.999_999, 0.999_998, -1], [1, 0.5, 0, -0.5, -1], [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, -0.9],
        [1e-12, 0, -1e-12, 1], (0..<12).map { 1 - Double($0) / 5.5 },
    ]
}

/// The largest difference of two lists of the same length; infinite where the lengths differ.
func largestDifference(_ first: [Double], _ second: [Double]) -> Double {
    guard first.count == second.count else { return .infinity }
    return zip(first, second).map { abs($0 - $1) }.max() ?? 0
}
