import Evaluation
import Foundation
import Testing

@Suite("PairedBootstrap")
struct PairedBootstrapTests {
    private let hit = Score(gold: 1, predicted: 1, correct: 1)
    private let miss = Score(gold: 1, predicted: 1, correct: 0)

    @Test("finds no difference between a system and itself")
    func same() {
        let posts = [hit, miss, hit]
        let test = PairedBootstrap(posts, posts, resamples: 200)
        #expect(test.difference == 0 && test.lower == 0 && test.upper == 0 && test.pValue == 1)
        let empty = PairedBootstrap([], [], resamples: 10)
        #expect(empty.difference == 0 && empty.pValue == 1)
    }

    @Test("is as sure as its resamples allow where one system is always right and the other never")
    func certain() {
        let right = Array(repeating: hit, count: 50)
        let wrong = Array(repeating: miss, count: 50)
        let test = PairedBootstrap(right, wrong, resamples: 999)
        #expect(test.difference == 1 && test.lower == 1 && test.upper == 1 && test.pValue == 0.001)
    }

    @Test("has the distribution of two posts, which can be written down")
    func twoPosts() {
        // The systems differ on the first post alone, so that the difference is 0, 1/2 or 1 with odds 1 : 2 : 1.
        let test = PairedBootstrap([hit, hit], [miss, hit], resamples: 20_000, seed: 7)
        #expect(test.difference == 0.5 && test.lower == 0 && test.upper == 1)
        #expect(abs(test.pValue - 0.5) < 0.02)
        let narrow = PairedBootstrap([hit, hit], [miss, hit], resamples: 20_000, confidence: 0.4, seed: 7)
        #expect(narrow.lower == 0.5 && narrow.upper == 0.5)
    }

    @Test("has the spread of the normal approximation where posts are many")
    func manyPosts() {
        // The first system alone is right on 60 posts, the second alone on 40, both on 300 of 400.
        let first = (0..<400).map { $0 < 360 ? hit : miss }
        let second = (0..<400).map { $0 < 300 || $0 >= 360 ? hit : miss }
        let test = PairedBootstrap(first, second, resamples: 4000, seed: 3)
        let deviation = ((100.0 / 400 - 0.05 * 0.05) / 400).squareRoot()
        #expect(abs(test.difference - 0.05) < 1e-12)
        #expect(abs(test.lower - (0.05 - 1.96 * deviation)) < 0.005)
        #expect(abs(test.upper - (0.05 + 1.96 * deviation)) < 0.005)
        #expect(abs(test.pValue - erfc(0.05 / deviation / 2.0.squareRoot())) < 0.01)
    }

    @Test("pairs the posts: what both systems share widens nothing")
    func pairing() {
        let mixed = (0..<100).map { $0 < 50 ? hit : miss }
        let better = (0..<100).map { $0 < 51 ? hit : miss }
        let test = PairedBootstrap(better, mixed, resamples: 2000)
        #expect(test.lower >= 0 && test.upper <= 0.05)
    }

    @Test("turns about with the systems, and repeats itself for a seed")
    func symmetryAndSeed() {
        let first = (0..<40).map { Score(gold: 2, predicted: $0 % 3, correct: min($0 % 3, $0 % 2)) }
        let second = (0..<40).map { Score(gold: 2, predicted: $0 % 4, correct: min($0 % 4, 1)) }
        let test = PairedBootstrap(first, second, resamples: 500, seed: 1)
        let turned = PairedBootstrap(second, first, resamples: 500, seed: 1)
        #expect(turned.difference == -test.difference && turned.pValue == test.pValue)
        #expect(turned.lower == -test.upper && turned.upper == -test.lower)
        #expect(test == PairedBootstrap(first, second, resamples: 500, seed: 1))
        #expect(test != PairedBootstrap(first, second, resamples: 500, seed: 2))
        #expect(test.lower < test.difference && test.difference < test.upper)
    }

    @Test("is a line for people, and survives JSON")
    func textAndJSON() throws {
        let test = PairedBootstrap([hit, hit], [miss, miss], resamples: 99)
        #expect(test.description == "+100.00 F1, 95 % interval [+100.00, +100.00], p = 0.0100")
        #expect(try JSONDecoder().decode(PairedBootstrap.self, from: try JSONEncoder().encode(test)) == test)
    }
}
