import Shapley
import Testing

@Suite("Alignment loss")
struct AlignmentLossTests {
    private static let estimators: [ShapleyEstimator] =
        [.exact, .cyclic, .permutation(samples: 5), .antithetic(samples: 3)]

    /// Every form with every estimator.
    private static let kinds = AlignmentLoss.Negatives.allCases.flatMap { negatives in
        estimators.map { Kind(estimator: $0, negatives: negatives) }
    }

    struct Kind: Sendable {
        let estimator: ShapleyEstimator
        let negatives: AlignmentLoss.Negatives

        func loss(temperature: Double = 0.1, threads: Int? = nil) throws -> AlignmentLoss {
            try AlignmentLoss(
                estimator: estimator, temperature: temperature, negatives: negatives, threads: threads)
        }
    }

    @Test("the loss is what the values of all players give, whoever owns the games", arguments: kinds)
    func definition(kind: Kind) throws {
        for temperature in Games.temperatures {
            for (games, players) in [(2, 2), (3, 3), (14, 14), (3, 13), (7, 4)] {
                let similarities = try Games.batch(games: games, players: players)
                var owners = games == players ? nil : (0..<games).map { 5 * $0 % 3 }
                // Sampled games draw the orders of the player that they are about, and values those of their row.
                if kind.estimator != .exact, owners != nil {
                    guard games < players else { continue }
                    owners = Array(0..<games)
                }
                let loss = try kind.loss(temperature: temperature)
                let found = try loss.evaluate(similarities, owners: owners, seed: 3)
                let expected = try BruteForce.loss(
                    loss, of: similarities, owners: owners ?? Array(0..<games), seed: 3)
                #expect(abs(found.loss - expected.loss) < 1e-6)
                #expect(largestDifference(found.gradient.elements, expected.gradient) < 1e-5)
            }
        }
    }

    @Test("exact loss is its form by brute force", arguments: AlignmentLoss.Negatives.allCases)
    func bruteForce(negatives: AlignmentLoss.Negatives) throws {
        let similarities = try Games.batch(games: 8, players: 8)
        for temperature in Games.temperatures {
            let terms = try (0..<8).map { game in
                let values = try BruteForce.values(similarities.row(game), temperature: temperature)
                return BruteForce.term(negatives, of: values, own: game)
            }
            let loss = try AlignmentLoss(temperature: temperature, negatives: negatives)
            #expect(abs(try loss.evaluate(similarities).loss - terms.reduce(0, +) / 8) < 1e-6)
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

    @Test("gradient equals finite differences", arguments: kinds)
    func gradient(kind: Kind) throws {
        let similarities = try Games.batch(games: 5, players: 5)
        for temperature in Games.temperatures {
            let loss = try kind.loss(temperature: temperature)
            let expected = try BruteForce.gradient(at: similarities.elements) {
                try loss.evaluate(GameMatrix($0, games: 5, players: 5), seed: 1).loss
            }
            let found = try loss.evaluate(similarities, seed: 1).gradient.elements
            #expect(largestDifference(found, expected) < 1e-5, "temperature \(temperature)")
        }
    }

    @Test("one item or none has no loss", arguments: kinds)
    func nothingToAlign(kind: Kind) throws {
        for rows in [[], [[0.4]], [[0.4], [0.7]]] {
            let similarities = try GameMatrix(rows: rows)
            let evaluation = try kind.loss().evaluate(similarities, owners: rows.map { _ in 0 })
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

    @Test("result does not depend on the number of threads", arguments: kinds)
    func threads(kind: Kind) throws {
        let similarities = try Games.batch(games: 28, players: 28)
        let results = try [1, 2, 5, nil].map { try kind.loss(threads: $0).evaluate(similarities, seed: 6) }
        #expect(Set(results.map(\.loss)).count == 1 && Set(results.map(\.gradient)).count == 1)
    }

    @Test("descending the gradient aligns a batch", arguments: AlignmentLoss.Negatives.allCases)
    func descent(negatives: AlignmentLoss.Negatives) throws {
        let loss = try AlignmentLoss(negatives: negatives)
        var similarities = try Games.batch(games: 10, players: 10)
        let before = try loss.evaluate(similarities).loss
        for _ in 0..<200 {
            let gradient = try loss.evaluate(similarities).gradient.elements
            let moved = zip(similarities.elements, gradient).map { max(-1, min(1, $0 - 0.5 * $1)) }
            similarities = try GameMatrix(moved, games: 10, players: 10)
        }
        #expect(try loss.evaluate(similarities).loss < before)
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
