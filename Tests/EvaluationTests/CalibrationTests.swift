import Evaluation
import Foundation
import Testing

@Suite("Calibration")
struct CalibrationTests {
    private let predictions = [
        Confidence(score: 0.9, isCorrect: true), Confidence(score: 0.92, isCorrect: false),
        Confidence(score: 0.5, isCorrect: true), Confidence(score: 1, isCorrect: true),
    ]

    @Test("The expected error, by hand: 0.9 and 0.92 share a bin, the others have one each")
    func expectedError() {
        let calibration = Calibration(predictions)
        // (2 |0.5 - 0.91| + |1 - 0.5| + |1 - 1|) / 4
        #expect(abs(calibration.expectedError - 0.33) < 1e-12)
        #expect(calibration.bins.count == 15 && calibration.count == 4)
        let filled = calibration.bins.indices.filter { calibration.bins[$0].count > 0 }
        #expect(filled == [7, 13, 14])
        let shared = calibration.bins[13]
        #expect(shared.count == 2 && abs(shared.confidence - 0.91) < 1e-12 && shared.precision == 0.5)
        #expect(abs(shared.lower - 13.0 / 15) < 1e-12 && abs(shared.upper - 14.0 / 15) < 1e-12)
    }

    @Test(
        "A bin holds its upper end; the first one also 0", arguments: [(0.0, 0), (1.0 / 15, 0), (0.0667, 1), (1, 14)])
    func edges(score: Double, bin: Int) {
        let calibration = Calibration([Confidence(score: score, isCorrect: true)])
        #expect(calibration.bins.firstIndex { $0.count == 1 } == bin)
    }

    @Test("Scores that are the shares of what is right have no error, and neither has nothing at all")
    func calibrated() {
        let fair = (0..<4).map { Confidence(score: 0.75, isCorrect: $0 > 0) }
        #expect(Calibration(fair).expectedError == 0)
        #expect(Calibration([]).expectedError == 0 && Calibration([]).count == 0)
    }

    @Test("A threshold keeps what scores at least that; recall counts all gold")
    func coverage() throws {
        let table = PrecisionCoverage(predictions, gold: 5)
        #expect(table.rows.map(\.threshold) == [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
        #expect(table.rows.map(\.coverage) == [1, 1, 0.75, 0.75, 0.75, 0.75, 0.25])
        #expect(table.rows[5].score == Score(gold: 5, predicted: 3, correct: 2))
        #expect(table.rows[6].score == Score(gold: 5, predicted: 1, correct: 1))
        let lines = table.description.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines[0] == ["threshold", "coverage", "precision", "recall", "F1", "predicted", "correct"])
        #expect(lines[6] == ["0.90", "75.00", "66.67", "40.00", "50.00", "3", "2"])
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(table)) as? [[String: Double]]
        #expect(json?[5]["threshold"] == 0.9 && json?[5]["coverage"] == 0.75 && json?[5]["recall"] == 0.4)
        #expect(PrecisionCoverage([], gold: 2).rows.allSatisfy { $0.coverage == 0 && $0.score.gold == 2 })
    }
}
