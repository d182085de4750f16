import Foundation
import Shapley
import Testing

@Suite("Semivalues")
struct SemivalueTests {
    private static let values: [Semivalue] =
        [.shapley, .banzhaf]
        + [(1, 1), (4, 1), (1, 4), (16, 1), (1, 16), (0.5, 2), (1e-3, 1e3), (1e3, 1e-3), (1e3, 1e3), (1e-3, 1e-3)]
        .map { .beta(alpha: $0, beta: $1) }

    private func solve(_ similarities: [Double], _ temperature: Double, _ value: Semivalue) throws -> [Double] {
        try ShapleyEstimator.exact.values(
            of: GameMatrix(rows: [similarities]), temperature: temperature, value: value
        ).values.row(0)
    }

    @Test("values equal brute force over all coalitions", arguments: values)
    func bruteForce(value: Semivalue) throws {
        for temperature in Games.temperatures {
            for players in 1...10 {
                let similarities = Games.random(players: players, seed: UInt64(temperature * 1000))
                let expected = try BruteForce.values(similarities, temperature: temperature, value: value)
                let difference = try largestDifference(solve(similarities, temperature, value), expected)
                #expect(difference < 1e-7, "\(players) players, temperature \(temperature)")
            }
        }
    }

    @Test("values equal brute force in extreme games", arguments: values)
    func extremeGames(value: Semivalue) throws {
        for similarities in Games.extreme {
            for temperature in Games.temperatures + [1e-4, 1e-6, 100, 1e6] {
                let expected = try BruteForce.values(similarities, temperature: temperature, value: value)
                let difference = try largestDifference(solve(similarities, temperature, value), expected)
                #expect(difference < 1e-7, "\(similarities), temperature \(temperature)")
            }
        }
    }

    @Test("gradient equals finite differences of brute force", arguments: values)
    func gradient(value: Semivalue) throws {
        for temperature in Games.temperatures {
            for players in 1...6 {
                let similarities = Games.random(players: players, seed: UInt64(temperature * 1000) + 1)
                let weights = Games.random(players: players, seed: 11)
                let solution = try ShapleyEstimator.exact.weightedSums(
                    of: GameMatrix(rows: [similarities]), weights: GameMatrix(rows: [weights]),
                    temperature: temperature, value: value)
                func weightedSum(_ point: [Double]) throws -> Double {
                    try zip(weights, BruteForce.values(point, temperature: temperature, value: value))
                        .reduce(0) { $0 + $1.0 * $1.1 }
                }
                let expected = try BruteForce.gradient(at: similarities, of: weightedSum)
                let place = "\(players) players, temperature \(temperature)"
                #expect(largestDifference(solution.gradient.row(0), expected) < 1e-5, "\(place)")
                #expect(try abs(solution.sums[0] - weightedSum(similarities)) < 1e-7, "\(place)")
            }
        }
    }

    @Test("beta values for alpha = beta = 1 are Shapley values", arguments: [1, 2, 28, 29, 100])
    func uniform(players: Int) throws {
        let similarities = Games.random(players: players, seed: 3)
        for temperature in Games.temperatures {
            let expected = try solve(similarities, temperature, .shapley)
            let found = try solve(similarities, temperature, .beta(alpha: 1, beta: 1))
            #expect(largestDifference(found, expected) < 1e-7)
        }
    }

    @Test("beta values with a coin that is always fair come to Banzhaf values")
    func fairCoin() throws {
        let similarities = Games.random(players: 8, seed: 4)
        let banzhaf = try solve(similarities, 0.1, .banzhaf)
        let differences = try [1, 10, 1e2, 1e3].map {
            try largestDifference(solve(similarities, 0.1, .beta(alpha: $0, beta: $0)), banzhaf)
        }
        #expect(differences == differences.sorted(by: >) && differences[3] < 1e-3)
    }

    @Test("adding a constant to all similarities adds it as often as a player joins first", arguments: values)
    func shift(value: Semivalue) throws {
        let players = 5
        let similarities = Games.random(players: players, seed: 5)
        let odds: Double =
            switch value {
            case .shapley: 1 / 5
            case .banzhaf: 1 / 16
            case .beta(let alpha, let beta):
                (0..<4).map(Double.init).reduce(1) { $0 * (alpha + $1) / (alpha + beta + $1) }
            }
        let shifted = try solve(similarities.map { $0 + 0.5 }, 0.07, value)
        #expect(try largestDifference(shifted, solve(similarities, 0.07, value).map { $0 + 0.5 * odds }) < 1e-12)
    }

    @Test("many players are no trouble", arguments: values)
    func manyPlayers(value: Semivalue) throws {
        let values = try solve(Games.random(players: 100, seed: 6), 0.1, value)
        #expect(values.allSatisfy { abs($0) <= 2 })
    }

    @Test("sampled estimators know Shapley values only")
    func sampled() throws {
        let games = try Games.batch(games: 2, players: 3)
        for estimator in [ShapleyEstimator.cyclic, .permutation(samples: 2), .antithetic(samples: 2)] {
            let expected = ShapleyError.estimatorOfSemivalue(estimator.name, value: "banzhaf")
            #expect(throws: expected) { try estimator.values(of: games, temperature: 1, value: .banzhaf) }
            #expect(throws: expected) {
                try estimator.weightedSums(of: games, weights: games, temperature: 1, value: .banzhaf)
            }
            #expect("\(expected)".contains("use exact"))
        }
    }

    @Test("parameters out of range are named", arguments: [0, -1, 9e-4, 1001, .nan, .infinity])
    func parameters(value: Double) throws {
        let games = try Games.batch(games: 2, players: 3)
        for (name, semivalue) in [
            ("alpha", Semivalue.beta(alpha: value, beta: 1)), ("beta", .beta(alpha: 1, beta: value)),
        ] {
            let error = #expect(throws: ShapleyError.self) {
                try ShapleyEstimator.exact.values(of: games, temperature: 1, value: semivalue)
            }
            #expect(error.map { "\($0)".hasPrefix("\(name) \(value) is out of range") } == true)
        }
    }

    @Test("semivalues are known by name")
    func names() throws {
        #expect(try Semivalue(name: "shapley") == .shapley && Semivalue(name: "banzhaf") == .banzhaf)
        #expect(try Semivalue(name: "beta", alpha: 4, beta: 1) == .beta(alpha: 4, beta: 1))
        #expect([Semivalue.shapley, .banzhaf, .beta(alpha: 1, beta: 1)].map(\.name) == Semivalue.names)
        #expect(throws: ShapleyError.unknownSemivalue("owen")) { try Semivalue(name: "owen") }
        #expect(throws: ShapleyError.semivalueParameters(of: "beta")) { try Semivalue(name: "beta", alpha: 4) }
        #expect(throws: ShapleyError.semivalueParameters(of: "banzhaf")) { try Semivalue(name: "banzhaf", beta: 1) }
        #expect(throws: ShapleyError.semivalueParameter(name: "beta", value: 0)) {
            try Semivalue(name: "beta", alpha: 1, beta: 0)
        }
    }
}
