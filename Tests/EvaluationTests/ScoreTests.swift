import Evaluation
import Foundation
import Testing

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
