import Shapley
import Support
import Testing

@Suite("Sampled values")
struct SampledEstimatorTests {
    private static let estimators: [ShapleyEstimator] = [.cyclic, .permutation(samples: 20), .antithetic(samples: 10)]

    @Test("cyclic is Algorithm 1 for one of the orders", arguments: 2...6)
    func algorithm1(players: Int) throws {
        for seed in 0..<3 as Range<UInt64> {
            let similarities = Games.random(players: players, seed: seed)
            let game = try CoalitionGame(similarities: similarities, temperature: 0.1)
            let found = try ShapleyEstimator.cyclic.values(
                of: GameMatrix(rows: [similarities]), temperature: 0.1, seed: seed)
            #expect(found.standardErrors == nil)
            let candidates = BruteForce.orders(of: players).map { BruteForce.cyclic(game, order: $0) }
            #expect(candidates.contains { largestDifference($0, found.values.row(0)) < 1e-12 })
        }
    }

    @Test("values of a game sum to its utility", arguments: estimators)
    func efficiency(estimator: ShapleyEstimator) throws {
        for temperature in Games.temperatures {
            let solution = try estimator.values(of: Games.batch(games: 5, players: 28), temperature: temperature)
            #expect(largestDifference(solution.values.rows.map { $0.reduce(0, +) }, solution.utilities) < 1e-12)
        }
    }

    @Test("the mean over many seeds is the exact value", arguments: estimators)
    func unbiased(estimator: ShapleyEstimator) throws {
        let similarities = Games.random(players: 7, seed: 2)
        let expected = try BruteForce.values(similarities, temperature: 0.1)
        let games = try GameMatrix(rows: Array(repeating: similarities, count: 4000))
        let values = try estimator.values(of: games, temperature: 0.1, seed: 9).values
        for player in 0..<7 {
            let sample = (0..<games.games).map { values[$0, player] }
            let mean = sample.reduce(0, +) / Double(sample.count)
            let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sample.count - 1)
            let error = (variance / Double(sample.count)).squareRoot()
            #expect(abs(mean - expected[player]) < 5 * error)
        }
    }

    @Test("standard errors tell how far values are from exact")
    func standardErrors() throws {
        let similarities = try Games.batch(games: 200, players: 10)
        let exact = try ShapleyEstimator.exact.values(of: similarities, temperature: 0.1).values.elements
        for estimator in [ShapleyEstimator.permutation(samples: 100), .antithetic(samples: 100)] {
            let solution = try estimator.values(of: similarities, temperature: 0.1, seed: 4)
            let errors = try #require(solution.standardErrors).elements
            let deviation = zip(solution.values.elements, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let expected = errors.reduce(0) { $0 + $1 * $1 }
            #expect((0.8...1.25).contains(deviation / expected))
        }
    }

    @Test("one sample has no standard error")
    func oneSample() throws {
        let similarities = try Games.batch(games: 2, players: 5)
        for estimator in [ShapleyEstimator.permutation(samples: 1), .antithetic(samples: 1)] {
            #expect(try estimator.values(of: similarities, temperature: 0.1).standardErrors == nil)
        }
    }

    @Test("gradient equals finite differences", arguments: estimators)
    func gradient(estimator: ShapleyEstimator) throws {
        for temperature in Games.temperatures {
            let similarities = Games.random(players: 9, seed: 8)
            var weights = Games.random(players: 9, seed: 11)
            weights[3] = 0
            func solve(_ point: [Double]) throws -> ShapleySums {
                try estimator.weightedSums(
                    of: GameMatrix(rows: [point]), weights: GameMatrix(rows: [weights]), temperature: temperature,
                    seed: 5)
            }
            let expected = try BruteForce.gradient(at: similarities) { try solve($0).sums[0] }
            let solution = try solve(similarities)
            #expect(largestDifference(solution.gradient.row(0), expected) < 1e-5)
            let values = try estimator.values(of: GameMatrix(rows: [similarities]), temperature: temperature, seed: 5)
            let sum = zip(weights, values.values.row(0)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(solution.sums[0] - sum) < 1e-12)
        }
    }

    @Test("similarities of any size are solved", arguments: estimators + [.exact])
    func anySize(estimator: ShapleyEstimator) throws {
        for similarities in Games.extreme + [[-700, 0, 700], [1e6, -1e6, 5, 5 + 1e-9]] {
            let weights = try GameMatrix(rows: [Array(repeating: 1, count: similarities.count)])
            let games = try GameMatrix(rows: [similarities])
            let solution = try estimator.weightedSums(of: games, weights: weights, temperature: 1e-6)
            #expect(solution.sums[0].isFinite && solution.gradient.elements.allSatisfy(\.isFinite))
        }
    }

    @Test("a seed fixes the orders, and each game has its own", arguments: estimators)
    func seeds(
        estimator: ShapleyEstimator
    ) throws {
        let row = Games.random(players: 12, seed: 1)
        let games = try GameMatrix(rows: [row, row])
        let first = try estimator.values(of: games, temperature: 0.1, seed: 42)
        #expect(try estimator.values(of: games, temperature: 0.1, seed: 42) == first)
        #expect(try estimator.values(of: games, temperature: 0.1, seed: 43) != first)
        #expect(first.values.row(0) != first.values.row(1))
    }

    @Test("orders are permutations, all equally likely")
    func permutations() {
        var generator = SplitMix64(seed: 7)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<24_000 {
            counts[generator.permutation(of: 4), default: 0] += 1
        }
        #expect(Set(counts.keys) == Set(BruteForce.orders(of: 4)))
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 160 })
        #expect(generator.permutation(of: 0) == [] && generator.permutation(of: 1) == [0])
    }
}
