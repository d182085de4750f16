import Foundation
import Shapley
import Support
import Testing

@Suite("Input of games")
struct InputTests {
    @Test("a number that is not finite is named by its row and column", arguments: [Float.nan, .infinity, -.infinity])
    func nonFinite(value: Float) {
        let error = #expect(throws: ShapleyError.self) {
            try GameMatrix([0, 1, 2, 3, 4, value], games: 2, players: 3)
        }
        guard case .nonFiniteNumber(_, row: 1, column: 2) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(ShapleyError.nonFiniteNumber(value: .nan, row: 1, column: 2))".contains("row 1, column 2"))
    }

    @Test("shapes that do not fit are errors")
    func shapes() {
        #expect(throws: ShapleyError.raggedRow(row: 1, count: 3, expected: 2)) {
            try GameMatrix(rows: [[1, 2], [3, 4, 5]])
        }
        #expect(throws: ShapleyError.elementCount(count: 5, games: 2, players: 3)) {
            try GameMatrix([1, 2, 3, 4, 5] as [Double], games: 2, players: 3)
        }
        #expect(throws: ShapleyError.elementCount(count: 1, games: -1, players: -1)) {
            try GameMatrix([1] as [Double], games: -1, players: -1)
        }
        #expect(throws: ShapleyError.self) {
            try ShapleyEstimator.exact.weightedSums(
                of: GameMatrix(rows: [[1, 2]]), weights: GameMatrix(rows: [[1]]), temperature: 0.1)
        }
    }

    @Test("shapes that are too large to be multiplied are errors")
    func overflow() {
        #expect(throws: ShapleyError.elementCount(count: 1, games: .max, players: 3)) {
            try GameMatrix([1] as [Double], games: .max, players: 3)
        }
    }

    @Test(
        "JSON that is no matrix is named by line and column, or by row and column",
        arguments: [
            ("", "line 1, column 1"), ("[[1,\n 2]", "line 2, column 4: it ends before a comma or ]"),
            ("[[1]] [[2]]", "line 1, column 7: something follows the value"), ("[[1, 2]\n[3, 4]]", "line 2, column 1"),
            (#"{"similarities": [["a\ud83d"]]}"#, "line 1, column 22 in similarities[0][0]: half of a surrogate pair"),
            ("[[1, \"2\"]]", "row 0, column 1 (counted from 0) is not a number"), ("[[1e999]]", "row 0, column 0"),
            ("[1]", "row 0 (counted from 0) is not a list of numbers"), ("{}", "the key \"similarities\" is missing"),
            ("1", "there is no matrix"), ("[]", "the matrix is empty"), ("[[]]", "the matrix is empty"),
        ])
    func json(text: String, place: String) {
        let error = #expect(throws: ShapleyError.self) { try GameMatrix(json: Data(text.utf8)) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(place), "\(message)")
        #expect(!message.contains("given data") && !message.contains("CodingKeys"))
    }

    @Test("temperatures out of range are errors", arguments: [0, -0.1, .nan, .infinity, 1e-7])
    func temperatures(value: Double) {
        #expect(throws: ShapleyError.self) { try CoalitionGame(similarities: [1], temperature: value) }
        #expect(throws: ShapleyError.self) { try AlignmentLoss(temperature: value) }
        #expect(throws: ShapleyError.self) {
            try ShapleyEstimator.exact.values(of: GameMatrix(rows: [[1]]), temperature: value)
        }
    }

    @Test("similarities out of range are errors", arguments: [ShapleyEstimator.exact, .cyclic])
    func similarities(
        estimator: ShapleyEstimator
    ) throws {
        let games = try GameMatrix(rows: [[0, 1], [0, -1e300]])
        let expected = ShapleyError.similarity(value: -1e300, row: 1, column: 1)
        #expect(throws: expected) { try estimator.values(of: games, temperature: 1) }
        #expect(throws: expected) { try AlignmentLoss(estimator: estimator).evaluate(games) }
    }

    @Test("estimators are known by name")
    func names() throws {
        #expect(try ShapleyEstimator.names.map { try ShapleyEstimator(name: $0).name } == ShapleyEstimator.names)
        #expect(try ShapleyEstimator(name: "antithetic", samples: 8) == .antithetic(samples: 8))
        #expect(throws: ShapleyError.unknownEstimator("exakt")) { try ShapleyEstimator(name: "exakt") }
        #expect(throws: ShapleyError.sampleCount(0)) { try ShapleyEstimator(name: "permutation", samples: 0) }
        #expect(throws: ShapleyError.sampleCount(-1)) { try AlignmentLoss(estimator: .antithetic(samples: -1)) }
    }

    @Test("utility is the softmax-weighted mean")
    func utility() throws {
        let game = try CoalitionGame(similarities: [0.5, -0.5, 0.2], temperature: 0.5)
        #expect(game.utility(of: []) == 0)
        #expect(game.utility(of: [1]) == -0.5)
        let expected = (0.5 * exp(1) - 0.5 * exp(-1)) / (exp(1) + exp(-1))
        #expect(abs(game.utility(of: [0, 1]) - expected) < 1e-15)
        let gradient = try BruteForce.gradient(at: game.similarities) {
            try CoalitionGame(similarities: $0, temperature: 0.5).grandUtility
        }
        #expect(largestDifference(game.grandUtilityGradient, gradient) < 1e-8)
    }

    @Test("transposing exchanges games and players")
    func transposed() throws {
        let matrix = try GameMatrix(rows: [[1, 2, 3], [4, 5, 6]])
        #expect(matrix.transposed.rows == [[1, 4], [2, 5], [3, 6]])
        #expect(matrix.floats == [1, 2, 3, 4, 5, 6])
    }

    @Test("fast exponential is exact to 1e-14")
    func exponential() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<100_000 {
            let x = Double.random(in: -700...700, using: &generator)
            let ratio =
                SIMD4.exponential(SIMD4(x, 0, x / 700, -x / 70_000)) / SIMD4(exp(x), 1, exp(x / 700), exp(-x / 70_000))
            #expect(abs((ratio - 1).max()) < 1e-14 && abs((ratio - 1).min()) < 1e-14)
        }
    }
}
