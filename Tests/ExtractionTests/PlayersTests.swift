import Extraction
import Foundation
import Shapley
import Support
import Testing
import Torch

/// Who plays the games, and what merging changes.
@Suite struct PlayersTests {
    @Test func itemsThatAreEqualOnEitherSideAreOnePlayer() {
        let first = Players(merging: [["a", "b", "a", "c"], ["w", "x", "y", "z"]])
        #expect(first.owners == [0, 1, 0, 2] && first.count == 3 && first.areMerged)
        let second = Players(merging: [["a", "b", "c", "d"], ["w", "x", "y", "x"]])
        #expect(second.owners == [0, 1, 2, 1] && second.count == 3 && second.itemCount == 4)
    }

    /// 0 is like 1 on one side, and 1 like 3 on the other.
    @Test func itemsThatOthersJoinAreOnePlayer() {
        let players = Players(merging: [[7, 7, 8, 9], [1, 2, 3, 2]])
        #expect(players.owners == [0, 0, 1, 0] && players.count == 2)
    }

    @Test func itemsThatAllDifferArePlayersOfTheirOwn() {
        let players = Players(merging: [[4, 5, 6], [6, 5, 4]])
        #expect(players == Players(itemCount: 3) && players.owners == [0, 1, 2] && !players.areMerged)
        let none = Players(merging: [[Int](), []])
        #expect(none.count == 0 && none.owners.isEmpty && !none.areMerged)
    }

    /// Against the closure of the relation "equal on a side", found by trying all pairs until nothing changes.
    @Test func playersAreTheConnectedItemsNumberedByTheirFirstMembers() {
        var generator = SplitMix64(state: 5)
        var merged = 0
        for _ in 0..<300 {
            let count = Int.random(in: 1...9, using: &generator)
            let sides = (0..<2).map { _ in (0..<count).map { _ in Int.random(in: 0..<8, using: &generator) } }
            var groups = Array(0..<count)
            for _ in 0..<count {
                for (one, other) in pairs(count) where sides.contains(where: { $0[one] == $0[other] }) {
                    let lowest = min(groups[one], groups[other])
                    (groups[one], groups[other]) = (lowest, lowest)
                }
            }
            let players = Players(merging: sides)
            for (one, other) in pairs(count) {
                #expect((players.owners[one] == players.owners[other]) == (groups[one] == groups[other]), "\(sides)")
            }
            #expect(players.count == Set(groups).count, "\(sides)")
            var seen = 0
            for owner in players.owners {
                #expect(owner <= seen, "\(sides)")
                seen = max(seen, owner + 1)
            }
            #expect(seen == players.count)
            merged += players.areMerged ? 1 : 0
        }
        #expect(merged > 50 && merged < 300)
    }

    private func pairs(_ count: Int) -> [(Int, Int)] {
        (0..<count).flatMap { one in (0..<count).map { (one, $0) } }
    }
}

/// The losses of batches in which posts occur more than once.
@Suite struct MergedGamesTests {
    /// A form of the loss.
    struct Form: Sendable, CustomTestStringConvertible {
        let options: Extraction.AlignmentOptions

        init(
            _ method: Extraction.AlignmentOptions.Method,
            estimator: Extraction.AlignmentOptions.Estimator = .exact,
            negatives: Extraction.AlignmentOptions.Negatives = .sum
        ) {
            var options = Extraction.AlignmentOptions()
            (options.method, options.estimator, options.negatives) = (method, estimator, negatives)
            options.samples = 2
            self.options = options
        }

        var testDescription: String { "\(options.method), \(options.estimator), \(options.negatives)" }

        static let exact =
            [Form(.infonce)]
            + Extraction.AlignmentOptions.Negatives.allCases.map { Form(.shapley, negatives: $0) }
        static let sampled = Extraction.AlignmentOptions.Estimator.allCases.filter { $0 != .exact }.map {
            Form(.shapley, estimator: $0)
        }
    }

    private static let (items, width) = (5, 8)

    /// Two sides of which the own rows are the nearest.
    private static func sides() -> [Tensor] {
        func wave(_ frequency: Double) -> [Float] {
            (1...(items * width)).map { Float(sin(frequency * Double($0))) }
        }
        let first = wave(1.7)
        let second = zip(first, wave(2.9)).map { $0 + 0.6 * $1 }
        return [Tensor(first, shape: [items, width]), Tensor(second, shape: [items, width])]
    }

    /// Every item twice, each a player together with its copy.
    private static let twice = Players(merging: [Array(0..<items) + Array(0..<items)])

    private struct Outcome {
        let term: AlignmentTerm
        /// With respect to the rows of either side, over all of their copies.
        let gradients: [Tensor]

        var loss: Double { term.loss.item() }
    }

    private func outcome(_ form: Form, copies: Int, players: Players? = nil, seed: UInt64 = 1) throws -> Outcome {
        let leaves = Self.sides().map { $0.requiringGradient() }
        let sides = leaves.map { Tensor.concatenated([Tensor](repeating: $0, count: copies), 0) }
        let found = try ContrastiveAlignment(form.options)(sides[0], sides[1], players: players, seed: seed)
        let term = try #require(found)
        term.loss.backward()
        return Outcome(term: term, gradients: try leaves.map { leaf in try #require(leaf.gradient) })
    }

    /// Games about one player draw the same orders, so that this holds of the sampled estimators too.
    @Test(arguments: Form.exact + Form.sampled)
    func copiesChangeNeitherTheLossNorItsGradient(form: Form) throws {
        let once = try outcome(form, copies: 1)
        let merged = try outcome(form, copies: 2, players: Self.twice)
        #expect(abs(merged.loss - once.loss) < 1e-5)
        #expect(abs(merged.term.cosines.own - once.term.cosines.own) < 1e-5)
        #expect(abs(merged.term.cosines.others - once.term.cosines.others) < 1e-5)
        #expect(merged.term.players.count == Self.items && merged.term.players.itemCount == 2 * Self.items)
        for (found, expected) in zip(merged.gradients, once.gradients) {
            let scale = expected.abs().max().item()
            #expect(scale > 1e-4)
            #expect((found - expected).abs().max().item() < 1e-3 * scale)
        }
        let separate = try outcome(form, copies: 2)
        #expect(abs(separate.loss - once.loss) > 0.05, "as players of their own, copies are negatives of each other")
    }

    /// Players of one, two and three items, whose vectors differ all the same.
    @Test(arguments: Form.exact + Form.sampled)
    func gradientsOfMergedGamesEqualFiniteDifferences(form: Form) throws {
        let alignment = ContrastiveAlignment(form.options)
        let players = Players(merging: [[0, 1, 0, 2, 1, 0]])
        Random.seed(2)
        let (a, b, direction) = (Tensor.randn([6, 4]), Tensor.randn([6, 4]), Tensor.randn([6, 4]))
        for moved in [a, b] {
            moved.requiringGradient()
            let term = try #require(try alignment(a, b, players: players, seed: 4))
            #expect(term.players == players)
            term.loss.backward()
            let slope = (try #require(moved.gradient) * direction).sum().item()
            moved.requiringGradient(false)
            func loss(_ step: Double) throws -> Double {
                let (x, y) = moved === a ? (a + direction * step, b) : (a, b + direction * step)
                return try #require(try alignment(x, y, players: players, seed: 4)).loss.item()
            }
            let difference = (try loss(4e-3) - loss(-4e-3)) / 8e-3
            #expect(abs(slope - difference) < 0.01 * max(1, abs(slope)))
        }
    }

    @Test(arguments: Form.exact + Form.sampled)
    func itemsThatAreAllOnePlayerHaveNoGame(form: Form) throws {
        let sides = Self.sides()
        let one = Players(merging: [[3, 3, 3, 3, 3]])
        #expect(try ContrastiveAlignment(form.options)(sides[0], sides[1], players: one, seed: 1) == nil)
    }
}
