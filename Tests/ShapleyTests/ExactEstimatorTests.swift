import Foundation
import Shapley
import Testing

@Suite("Exact values")
struct ExactEstimatorTests {
    private func values(_ similarities: [Double], _ temperature: Double) throws -> [Double] {
        try ShapleyEstimator.exact.values(of: GameMatrix(rows: [similarities]), temperature: temperature).values.row(0)
    }

    @Test("values equal brute force over all coalitions", arguments: 2...14)
    func bruteForce(players: Int) throws {
        for temperature in Games.temperatures {
            let similarities = Games.random(players: players, seed: UInt64(temperature * 1000))
            let expected = try BruteForce.values(similarities, temperature: temperature)
            let difference = try largestDifference(values(similarities, temperature), expected)
            #expect(difference < 1e-7, "temperature \(temperature)")
        }
    }

    @Test("values equal brute force in extreme games", arguments: Games.extreme)
    func extremeGames(similarities: [Double]) throws {
        for temperature in Games.temperatures + [1e-4, 1e-6, 100, 1e6] {
            let expected = try BruteForce.values(similarities, temperature: temperature)
            let difference = try largestDifference(values(similarities, temperature), expected)
            #expect(difference < 1e-7, "temperature \(temperature)")
        }
    }

    @Test("the example of the documentation says what is found")
    func example() throws {
        let similarities = try GameMatrix(rows: [[0.9, 0.1], [0.2, 0.8]])
        let solution = try ShapleyEstimator.exact.values(of: similarities, temperature: 0.1)
        let values = [0.850, 0.050, 0.099, 0.699]
        #expect(largestDifference(solution.values.elements, values) < 5e-4)
        #expect(largestDifference(solution.utilities, [0.900, 0.799]) < 5e-4)
    }

    @Test("values of a game sum to its utility", arguments: [1, 2, 28, 300])
    func efficiency(players: Int) throws {
        let similarities = Games.random(players: players, seed: 3)
        for temperature in Games.temperatures {
            let utility = try CoalitionGame(similarities: similarities, temperature: temperature).grandUtility
            #expect(try abs(values(similarities, temperature).reduce(0, +) - utility) < 1e-6)
        }
    }

    @Test("equal players get equal values, in any place")
    func symmetry() throws {
        let similarities = [0.3, -0.2, 0.3, 0.7, -0.2, 0.3]
        let original = try values(similarities, 0.1)
        #expect(
            largestDifference([original[0], original[0], original[1]], [original[2], original[5], original[4]]) < 1e-12)
        let reversed = try values(similarities.reversed(), 0.1)
        #expect(largestDifference(original, reversed.reversed()) < 1e-12)
        #expect(try largestDifference(values([0.4, 0.4, 0.4, 0.4], 0.05), [0.1, 0.1, 0.1, 0.1]) < 1e-12)
    }

    @Test("adding a constant to all similarities adds its share to all values")
    func shift() throws {
        let similarities = Games.random(players: 10, seed: 5)
        let shifted = try values(similarities.map { $0 + 0.5 }, 0.07)
        #expect(try largestDifference(shifted, values(similarities, 0.07).map { $0 + 0.05 }) < 1e-12)
    }

    @Test("a more similar player never has the smaller value")
    func monotonicity() throws {
        let similarities = Games.random(players: 20, seed: 6).sorted()
        for temperature in [0.3, 1] {
            let values = try values(similarities, temperature)
            #expect(values == values.sorted())
        }
    }

    @Test("one player has all, none have nothing")
    func fewPlayers() throws {
        #expect(try values([-0.7], 0.1) == [-0.7])
        #expect(try values([], 0.1) == [])
        let none = try ShapleyEstimator.exact.values(of: GameMatrix(rows: []), temperature: 0.1)
        #expect(none.values.rows.isEmpty && none.utilities.isEmpty && none.standardErrors == nil)
    }

    @Test("a player of weight exp(-200) is valued as any other")
    func lightPlayer() throws {
        let (heavy, light) = (1.0, -1.0)
        let values = try values([heavy, light], 0.01)
        #expect(largestDifference(values, [(heavy + heavy - light) / 2, (light + heavy - heavy) / 2]) < 1e-7)
    }

    @Test("gradient equals finite differences of brute force", arguments: 1...9)
    func gradient(players: Int) throws {
        for temperature in Games.temperatures {
            let similarities = Games.random(players: players, seed: UInt64(temperature * 1000) + 1)
            try expectGradient(at: similarities, temperature: temperature)
        }
    }

    @Test("gradient equals finite differences in extreme games", arguments: Games.extreme.filter { $0.count < 11 })
    func extremeGradient(similarities: [Double]) throws {
        for temperature in Games.temperatures {
            try expectGradient(at: similarities, temperature: temperature)
        }
    }

    private func expectGradient(at similarities: [Double], temperature: Double) throws {
        let weights = Games.random(players: similarities.count, seed: 11)
        let solution = try ShapleyEstimator.exact.weightedSums(
            of: GameMatrix(rows: [similarities]), weights: GameMatrix(rows: [weights]), temperature: temperature)
        func weightedSum(_ point: [Double]) throws -> Double {
            try zip(weights, BruteForce.values(point, temperature: temperature)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let expected = try BruteForce.gradient(at: similarities, of: weightedSum)
        #expect(largestDifference(solution.gradient.row(0), expected) < 1e-5, "temperature \(temperature)")
        #expect(try abs(solution.sums[0] - weightedSum(similarities)) < 1e-7, "temperature \(temperature)")
    }
}
