import Evaluation
import Foundation
import Support
import Testing

@Suite("CrossedBootstrap")
struct CrossedBootstrapTests {
    private let hit = Score(gold: 1, predicted: 1, correct: 1)
    private let miss = Score(gold: 1, predicted: 1, correct: 0)

    @Test(
        "has the true difference in 95 of 100 intervals for any number of seeds, and is not longer than that takes",
        arguments: [(3, 3, 1.4), (5, 5, 1.2), (10, 10, 1.1), (3, 10, 1.3)])
    func coverage(first: Int, second: Int, length: Double) {
        let outcome = CrossedSimulation(seeds: (first, second)).run(experiments: 1000) { first, second, seed in
            let test = CrossedBootstrap(first, second, resamples: 199, seed: seed)
            return (test.difference, test.lower, test.upper)
        }
        #expect(outcome.coverage >= 0.93 && outcome.coverage < 0.99)
        #expect(outcome.relativeLength > 0.95 && outcome.relativeLength < length)
    }

    @Test("covers what posts alone do not where seeds vary")
    func postsAlone() {
        let simulation = CrossedSimulation(posts: 400, seeds: (3, 3), seedDeviation: 0.02)
        let posts = simulation.run(experiments: 500) { first, second, seed in
            func pooled(_ seeds: [[Score]]) -> [Score] {
                seeds[0].indices.map { post in seeds.reduce(into: Score()) { $0 += $1[post] } }
            }
            let test = PairedBootstrap(pooled(first), pooled(second), resamples: 199, seed: seed)
            return (test.difference, test.lower, test.upper)
        }
        let both = simulation.run(experiments: 500) { first, second, seed in
            let test = CrossedBootstrap(first, second, resamples: 199, seed: seed)
            return (test.difference, test.lower, test.upper)
        }
        #expect(posts.coverage < 0.85)
        #expect(both.coverage > 0.93)
    }

    @Test("is Student's t interval where only seeds vary")
    func seedsAlone() {
        // A post of 1000 items: F1 is the number of right ones, and there is no other post to draw.
        func seeds(_ correct: [Int]) -> [[Score]] { correct.map { [Score(gold: 1000, predicted: 1000, correct: $0)] } }
        let test = CrossedBootstrap(
            seeds([810, 800, 820, 790, 830]), seeds([700, 700]), resamples: 100_000, seed: 5)
        // t of 4 degrees of freedom, sqrt(250 / 5) per mill as the standard error.
        let half = 2.776 * (250.0 / 5).squareRoot() / 1000
        #expect(abs(test.difference - 0.11) < 1e-12)
        #expect(abs(test.lower - (0.11 - half)) < 0.0005)
        #expect(abs(test.upper - (0.11 + half)) < 0.0005)
    }

    @Test("is the interval over posts, and says so, where a row has one seed")
    func oneSeed() {
        let first = (0..<200).map { Score(gold: 2, predicted: $0 % 3, correct: min($0 % 3, $0 % 2)) }
        let second = (0..<200).map { Score(gold: 2, predicted: $0 % 4, correct: min($0 % 4, 1)) }
        let test = CrossedBootstrap([first], [second], resamples: 10_000, seed: 3)
        let posts = PairedBootstrap(first, second, resamples: 10_000, seed: 3)
        #expect(!test.coversSeeds && abs(test.difference - posts.difference) < 1e-12)
        #expect(abs(test.lower - posts.lower) < 0.001 && abs(test.upper - posts.upper) < 0.001)
        #expect(!CrossedBootstrap([first, first], [second], resamples: 9).coversSeeds)
        #expect(CrossedBootstrap([first, first], [second, second], resamples: 9).coversSeeds)
    }

    @Test("counts what seeds do on single posts once")
    func interaction() {
        // A coin for every seed and post: neither posts nor seeds have anything of their own.
        var generator = SplitMix64(seed: 1)
        func seeds(_ count: Int) -> [[Score]] {
            (0..<count).map { _ in (0..<500).map { _ in generator.index(below: 2) == 0 ? hit : miss } }
        }
        let lengths = (0..<20).map { _ in
            let test = CrossedBootstrap(seeds(10), seeds(10), resamples: 999)
            return test.upper - test.lower
        }
        let deviation = (2 * 0.25 / (10 * 500)).squareRoot()
        let relative = lengths.reduce(0, +) / 20 / (2 * 1.96 * deviation)
        #expect(relative > 0.95 && relative < 1.25)
    }

    @Test("is sure of a large difference, and of none where nothing varies")
    func certain() {
        var generator = SplitMix64(seed: 2)
        let simulation = CrossedSimulation(posts: 800, skills: (2.8, 1.8), seeds: (5, 5))
        let rows = simulation.draw(using: &generator)
        let test = CrossedBootstrap(rows.first, rows.second)
        #expect(simulation.difference > 0.08 && test.lower > 0.04 && test.upper < 0.13)
        let posts = [hit, hit, miss]
        let same = CrossedBootstrap([posts, posts], [posts, posts, posts], resamples: 99)
        #expect([same.difference, same.lower, same.upper].allSatisfy { abs($0) < 1e-12 })
        let empty = CrossedBootstrap([[], []], [[], []], resamples: 9)
        #expect(empty.difference == 0 && empty.lower == 0 && empty.upper == 0)
    }

    @Test("is the mean over seeds of each seed's F1")
    func meanOverSeeds() {
        let second = [Score(gold: 3, predicted: 1, correct: 1), Score(gold: 1, predicted: 0)]
        let first = [Score(gold: 3, predicted: 3, correct: 3), Score(gold: 1, predicted: 1, correct: 1)]
        let other = [Score(gold: 3, predicted: 0), Score(gold: 1, predicted: 0)]
        let test = CrossedBootstrap([first, other], [second, second, second], resamples: 9)
        #expect(abs(test.difference - ((1 + 0) / 2.0 - 0.4)) < 1e-12)
    }

    @Test("repeats itself for a seed, and turns about with the rows as far as draws allow")
    func determinism() {
        var generator = SplitMix64(seed: 4)
        let rows = CrossedSimulation(seeds: (4, 6)).draw(using: &generator)
        let test = CrossedBootstrap(rows.first, rows.second, seed: 1)
        #expect(test == CrossedBootstrap(rows.first, rows.second, seed: 1))
        #expect(test != CrossedBootstrap(rows.first, rows.second, seed: 2))
        let turned = CrossedBootstrap(rows.second, rows.first, seed: 1)
        let length = test.upper - test.lower
        #expect(turned.difference == -test.difference)
        #expect(abs(turned.upper + test.lower) < length / 10 && abs(turned.lower + test.upper) < length / 10)
        let wider = CrossedBootstrap(rows.first, rows.second, confidence: 0.99, seed: 1)
        #expect(wider.lower < test.lower && test.upper < wider.upper)
    }

    @Test("is a line for people, and survives JSON")
    func textAndJSON() throws {
        let test = CrossedBootstrap([[hit], [hit]], [[miss], [miss], [miss]], resamples: 99)
        #expect(test.description == "+100.00 F1, 95 % interval [+100.00, +100.00] over 2 and 3 seeds")
        let one = CrossedBootstrap([[hit], [hit]], [[miss]], resamples: 99)
        #expect(one.description == "+100.00 F1, 95 % interval [+100.00, +100.00] over posts alone, 2 and 1 seeds")
        #expect(try JSONDecoder().decode(CrossedBootstrap.self, from: try JSONEncoder().encode(test)) == test)
    }
}
