import Foundation
import Shapley
import Support

/// The definitions, written out: what everything else is held against.
enum BruteForce {
    /// Shapley values from the worth of all `2^k` coalitions.
    static func values(_ similarities: [Double], temperature: Double) throws -> [Double] {
        let count = similarities.count
        let game = try CoalitionGame(similarities: similarities, temperature: temperature)
        let utilities = (0..<1 << count).map { coalition in
            game.utility(of: (0..<count).filter { coalition >> $0 & 1 == 1 })
        }
        let factorials = (0...max(count, 1)).reduce(into: [1.0]) { $0.append($0[$1] * Double($1 + 1)) }
        return (0..<count).map { player in
            var value = 0.0
            for coalition in 0..<1 << count where coalition >> player & 1 == 0 {
                let size = coalition.nonzeroBitCount
                let share = factorials[size] * factorials[count - size - 1] / factorials[count]
                value += share * (utilities[coalition | 1 << player] - utilities[coalition])
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

    /// An alignment loss by its definition, from the values of all players, and its gradient.
    static func loss(
        _ loss: AlignmentLoss, of similarities: GameMatrix, seed: UInt64
    ) throws -> (loss: Double, gradient: GameMatrix) {
        let scale = 1 / Double(similarities.games)
        let others =
            switch loss.negatives {
            case .sum: scale
            case .mean: scale / Double(similarities.players - 1)
            }
        let weights = (0..<similarities.games).map { game in
            (0..<similarities.players).map { $0 == game ? -scale : others }
        }
        let solution = try loss.estimator.weightedSums(
            of: similarities, weights: GameMatrix(rows: weights), temperature: loss.temperature, seed: seed)
        return (solution.sums.reduce(0, +), solution.gradient)
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
