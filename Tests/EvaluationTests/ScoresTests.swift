import Corpus
import Evaluation
import Foundation
import Testing

@Suite("Scores")
struct ScoresTests {
    @Test("are seqeval's on random tags, illegal ones included", arguments: try Fixture.load().cases)
    func seqeval(example: Fixture.Case) {
        let scores = Scores(gold: example.gold.map(entities), predicted: example.predicted.map(entities))
        #expect(isClose(scores.overall, example.overall))
        let macroF1 = scores.perType.values.map(\.f1).reduce(0, +) / Double(max(1, scores.perType.count))
        #expect(abs(macroF1 - example.macroF1) < 1e-12)
        #expect(Set(scores.perType.keys) == Set(example.perType.keys))
        for (type, expected) in example.perType {
            #expect(isClose(scores.perType[type] ?? Score(), expected), "type \(type)")
        }
    }

    @Test("are the sums of their types")
    func micro() {
        let gold = [[Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 4, type: "LOC")], []]
        let predicted = [[Entity(start: 0, end: 1, type: "PER")], [Entity(start: 0, end: 1, type: "PER")]]
        let scores = Scores(gold: gold, predicted: predicted)
        #expect(scores.overall == Score(gold: 2, predicted: 2, correct: 1))
        #expect(scores.perType["PER"] == Score(gold: 1, predicted: 2, correct: 1))
        #expect(scores.perType["LOC"] == Score(gold: 1, predicted: 0, correct: 0))
    }

    @Test("match items only within the same post")
    func postsApart() {
        let entity = Entity(start: 0, end: 1, type: "PER")
        #expect(Scores(gold: [[entity], []], predicted: [[], [entity]]).overall.correct == 0)
    }

    @Test("count an item named twice once")
    func repetition() {
        let entity = Entity(start: 0, end: 1, type: "PER")
        let scores = Scores(gold: [[entity, entity]], predicted: [[entity, entity, entity]])
        #expect(scores.overall == Score(gold: 1, predicted: 1, correct: 1))
    }

    @Test("need only items that can be compared: relations, joint items")
    func anyItem() {
        struct Triple: Hashable {
            var head: Entity
            var tail: Entity
            var type: String
        }
        let (head, tail) = (Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 3, type: "ORG"))
        let gold = [[Triple(head: head, tail: tail, type: "member_of")]]
        let reversed = [[Triple(head: tail, tail: head, type: "member_of")]]
        #expect(Scores(gold: gold, predicted: gold, type: \.type).overall.f1 == 1)
        #expect(Scores(gold: gold, predicted: reversed, type: \.type).overall.f1 == 0)
    }

    @Test("are zero without posts, and are read back from JSON")
    func emptyAndJSON() throws {
        let empty = Scores(gold: [], predicted: [])
        #expect(empty.overall == Score() && empty.perType.isEmpty)
        let scores = Scores(gold: [entities("B-PER O")], predicted: [entities("B-PER B-LOC")])
        let back = try JSONDecoder().decode(Scores.self, from: try JSONEncoder().encode(scores))
        #expect(back == scores)
    }

    @Test("are percentages for people")
    func table() {
        let scores = Scores(gold: [entities("B-PER O B-LOC")], predicted: [entities("B-PER B-LOC O")])
        let lines = scores.description.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(
            lines == [
                ["precision", "recall", "F1", "gold", "predicted", "correct"],
                ["LOC", "0.00", "0.00", "0.00", "1", "1", "0"],
                ["PER", "100.00", "100.00", "100.00", "1", "1", "1"],
                ["overall", "50.00", "50.00", "50.00", "2", "2", "1"],
            ])
    }

    private func entities(_ text: String) -> [Entity] {
        text.split(separator: " ").compactMap { Corpus.Tag($0) }.entities()
    }

    private func isClose(_ score: Score, _ expected: [Double]) -> Bool {
        let numbers = [score.precision, score.recall, score.f1, Double(score.gold)]
        return zip(numbers, expected).allSatisfy { abs($0 - $1) < 1e-12 } && expected.count == 4
    }
}

@Suite("Score")
struct ScoreTests {
    @Test("is zero, never NaN, where gold or prediction is empty")
    func emptySides() {
        for score in [Score(), Score(gold: 3), Score(predicted: 3)] {
            #expect([score.precision, score.recall, score.f1] == [0, 0, 0])
        }
    }

    @Test("survives JSON, which carries the fractions too")
    func json() throws {
        let score = Score(gold: 4, predicted: 2, correct: 1)
        let data = try JSONEncoder().encode(score)
        #expect(try JSONDecoder().decode(Score.self, from: data) == score)
        let fields = try JSONDecoder().decode([String: Double].self, from: data)
        #expect(fields["precision"] == 0.5)
        #expect(fields["recall"] == 0.25)
        #expect(abs((fields["f1"] ?? .nan) - 1.0 / 3) < 1e-12)
    }
}

@Suite("Summary")
struct SummaryTests {
    @Test("has the mean and the sample deviation")
    func values() throws {
        let summary = try #require(Summary([0.86, 0.88, 0.90]))
        #expect(abs(summary.mean - 0.88) < 1e-12)
        #expect(abs(try #require(summary.deviation) - 0.02) < 1e-12)
        #expect(summary.description == "88.00 ± 2.00 (3 seeds)")
    }

    @Test("claims no deviation of one seed, and nothing of none")
    func few() throws {
        let single = try #require(Summary([0.5]))
        #expect(single.mean == 0.5 && single.deviation == nil)
        #expect(single.description == "50.00 (1 seed)")
        #expect(Summary([]) == nil)
    }
}

/// The scores of seqeval, see `Fixtures/make_scores.py`.
struct Fixture: Decodable {
    var cases: [Case]

    struct Case: Decodable, CustomTestStringConvertible {
        var name: String
        var gold: [String]
        var predicted: [String]
        /// Precision, recall, F1 and number of gold entities.
        var overall: [Double]
        var macroF1: Double
        var perType: [String: [Double]]

        var testDescription: String { name }
    }

    static func load() throws -> Fixture {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/scores", withExtension: "json"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
}
