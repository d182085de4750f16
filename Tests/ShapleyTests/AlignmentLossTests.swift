import Shapley
import Testing

@Suite("Alignment loss")
struct AlignmentLossTests {
    private static let estimators: [ShapleyEstimator] =
        [.exact, .cyclic, .permutation(samples: 5), .antithetic(samples: 3)]

    @Test("one player a game gives what all players give", arguments: estimators)
    func shortForm(estimator: ShapleyEstimator)
        throws
    {
        for temperature in Games.temperatures {
            for players in [2, 3, 13, 28] {
                let similarities = try Games.batch(games: players, players: players)
                for negatives in AlignmentLoss.Negatives.allCases {
                    let loss = try AlignmentLoss(
                        estimator: estimator, temperature: temperature, negatives: negatives)
                    let short = try loss.evaluate(similarities, seed: 3)
                    let long = try BruteForce.loss(loss, of: similarities, seed: 3)
                    #expect(abs(short.loss - long.loss) < 1e-6)
                    #expect(largestDifference(short.gradient.elements, long.gradient.elements) < 1e-5)
                }
            }
        }
    }

    @Test("exact loss is Equation 5 by brute force")
    func definition() throws {
        let similarities = try Games.batch(games: 8, players: 8)
        for temperature in Games.temperatures {
            let values = try (0..<8).map { game in
                try BruteForce.values(similarities.row(game), temperature: temperature)
            }
            for (negatives, weight) in [AlignmentLoss.Negatives.sum: 1.0, .mean: 1.0 / 7] {
                let terms = values.enumerated().map { game, values in
                    values[game] - weight * (values.reduce(0, +) - values[game])
                }
                let loss = try AlignmentLoss(temperature: temperature, negatives: negatives)
                #expect(abs(try loss.evaluate(similarities).loss + terms.reduce(0, +) / 8) < 1e-6)
            }
        }
    }

    @Test("the sum of negatives rewards sides that are far apart, own pairs among them; their mean does not")
    func alike() throws {
        for temperature in Games.temperatures {
            for players in [2, 8, 28] {
                for similarity in [-1, 0.3] {
                    let alike = try GameMatrix(
                        rows: Array(repeating: Array(repeating: similarity, count: players), count: players))
                    let sum = try AlignmentLoss(temperature: temperature, negatives: .sum).evaluate(alike).loss
                    #expect(abs(sum - similarity * (1 - 2 / Double(players))) < 1e-6)
                    let mean = try AlignmentLoss(temperature: temperature, negatives: .mean).evaluate(alike).loss
                    #expect(abs(mean) < 1e-6)
                }
            }
        }
    }

    @Test("gradient equals finite differences", arguments: estimators)
    func gradient(estimator: ShapleyEstimator) throws {
        let similarities = try Games.batch(games: 5, players: 5)
        for temperature in Games.temperatures {
            let loss = try AlignmentLoss(estimator: estimator, temperature: temperature)
            let expected = try BruteForce.gradient(at: similarities.elements) {
                try loss.evaluate(GameMatrix($0, games: 5, players: 5), seed: 1).loss
            }
            let found = try loss.evaluate(similarities, seed: 1).gradient.elements
            #expect(largestDifference(found, expected) < 1e-5, "temperature \(temperature)")
        }
    }

    @Test("one item or none has no loss", arguments: estimators)
    func nothingToAlign(estimator: ShapleyEstimator) throws {
        let loss = try AlignmentLoss(estimator: estimator)
        for rows in [[], [[0.4]]] {
            let similarities = try GameMatrix(rows: rows)
            let evaluation = try loss.evaluate(similarities)
            #expect(evaluation.loss == 0)
            #expect(evaluation.gradient.elements == similarities.elements.map { _ in 0 })
        }
    }

    @Test("rows of a larger batch give their part of its loss")
    func partOfBatch() throws {
        let similarities = try Games.batch(games: 6, players: 6)
        let loss = try AlignmentLoss()
        let whole = try loss.evaluate(similarities)
        let halves = try [[0, 1, 2], [3, 4, 5]].map { owners in
            try loss.evaluate(GameMatrix(rows: owners.map(similarities.row)), owners: owners)
        }
        #expect(abs((halves[0].loss + halves[1].loss) / 2 - whole.loss) < 1e-12)
        let joined = halves.flatMap(\.gradient.elements).map { $0 / 2 }
        #expect(largestDifference(joined, whole.gradient.elements) < 1e-12)
    }

    @Test("result does not depend on the number of threads", arguments: estimators)
    func threads(
        estimator: ShapleyEstimator
    ) throws {
        let similarities = try Games.batch(games: 28, players: 28)
        let results = try [1, 2, 5, nil].map { threads in
            try AlignmentLoss(estimator: estimator, threads: threads).evaluate(similarities, seed: 6)
        }
        #expect(Set(results).count == 1)
    }

    @Test("descending the gradient aligns a batch")
    func descent() throws {
        let loss = try AlignmentLoss(temperature: 0.1)
        var similarities = try Games.batch(games: 10, players: 10)
        let before = try loss.evaluate(similarities).loss
        for _ in 0..<50 {
            let gradient = try loss.evaluate(similarities).gradient.elements
            let moved = zip(similarities.elements, gradient).map { max(-1, min(1, $0 - 0.5 * $1)) }
            similarities = try GameMatrix(moved, games: 10, players: 10)
        }
        #expect(try loss.evaluate(similarities).loss < before - 0.3)
        for game in 0..<10 {
            #expect(similarities.row(game).max() == similarities[game, game])
        }
    }

    @Test("owners that do not fit are named")
    func wrongOwners() throws {
        let loss = try AlignmentLoss()
        let tall = try Games.batch(games: 3, players: 2)
        #expect(throws: ShapleyError.owner(game: 2, player: 2, players: 2)) { try loss.evaluate(tall) }
        #expect(throws: ShapleyError.shape(what: "owners of the games", found: "1", expected: "one for each of 3")) {
            try loss.evaluate(tall, owners: [0])
        }
    }
}
