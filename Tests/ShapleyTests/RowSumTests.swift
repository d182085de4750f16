import Foundation
import Shapley
import Testing

/// What a loss makes of a batch whose similarities all grow alike: the sum of a game's gradient over its players.
@Suite("Row sums of gradients")
struct RowSumTests {
    private static let estimators: [ShapleyEstimator] = [
        .exact, .permutation(samples: 1), .permutation(samples: 4), .antithetic(samples: 1), .antithetic(samples: 3),
    ]

    private func rowSums(_ loss: AlignmentLoss, _ similarities: GameMatrix, seed: UInt64) throws -> [Double] {
        let owners = (0..<similarities.games).map { $0 % similarities.players }
        let gradient = try loss.evaluate(similarities, owners: owners, seed: seed).gradient
        return gradient.rows.map { $0.reduce(0, +) * Double(similarities.games) }
    }

    @Test("exact values and every draw of centred orders have those of the form", arguments: estimators)
    func steady(estimator: ShapleyEstimator) throws {
        for (games, players) in [(2, 2), (3, 3), (4, 13), (28, 28), (9, 5)] {
            let similarities = try Games.batch(games: games, players: players)
            let count = Double(players)
            for negatives in AlignmentLoss.Negatives.allCases {
                let expected =
                    switch negatives {
                    case .sum: 1 - 2 / count
                    case .mean: 0.0
                    }
                for temperature in Games.temperatures {
                    let loss = try AlignmentLoss(
                        estimator: estimator, temperature: temperature, negatives: negatives)
                    // Errors of the gradient of exact values grow as 1 / τ.
                    let tolerance = estimator == .exact && temperature < 0.1 ? 2e-7 / temperature : 1e-6
                    for sum in try rowSums(loss, similarities, seed: UInt64(players)) {
                        #expect(abs(sum - expected) < tolerance, "\(negatives), \(players) players, \(temperature)")
                    }
                }
            }
        }
    }

    @Test("a draw of Algorithm 1 has those of the share of its orders that the own player opens")
    func cyclic() throws {
        for players in [2, 3, 6, 13, 28] {
            let similarities = try Games.batch(games: players, players: players)
            let count = Double(players)
            for (index, temperature) in Games.temperatures.enumerated() {
                let seed = UInt64(index)
                let shares = (0..<players).map { shareOpened(by: $0, players: players, seed: seed) }
                for (negatives, expected) in [
                    (AlignmentLoss.Negatives.sum, shares.map { 1 - 2 * $0 }),
                    (.mean, shares.map { (1 - count * $0) / (count - 1) }),
                ] {
                    let loss = try AlignmentLoss(estimator: .cyclic, temperature: temperature, negatives: negatives)
                    #expect(try largestDifference(rowSums(loss, similarities, seed: seed), expected) < 1e-9)
                }
            }
        }
    }

    /// The share of the orders of a game that its own player, of the same number, opens.
    private func shareOpened(by own: Int, players: Int, seed: UInt64) -> Double {
        let groups = OrderGroups(.cyclic, playerCount: players, seed: seed, game: own)
        let orders = groups.flatMap { $0 }
        return Double(orders.count { $0.first == own }) / Double(orders.count)
    }

    @Test("centred orders give closer estimates of values whose similarities are all large")
    func lessNoise() throws {
        let games = try GameMatrix(rows: Games.batch(games: 50, players: 10).rows.map { $0.map { $0 * 0.02 + 0.7 } })
        let exact = try ShapleyEstimator.exact.values(of: games, temperature: 0.1).values.elements
        let (cyclic, centred) = try (
            ShapleyEstimator.cyclic.values(of: games, temperature: 0.1).values.elements,
            ShapleyEstimator.permutation(samples: 3).values(of: games, temperature: 0.1).values.elements
        )
        #expect(largestDifference(centred, exact) < largestDifference(cyclic, exact) / 3)
    }
}
