import Foundation

/// What a threshold on scores gains and costs: the predictions whose score is at least that, and how right they are.
public struct PrecisionCoverage: Sendable, Equatable, Encodable {
    /// A threshold and what it keeps.
    public struct Row: Sendable, Equatable, Encodable {
        public let threshold: Double
        /// The fraction of predictions that is kept; 0 where there are none.
        public let coverage: Double
        /// The score of what is kept.
        public let score: Score

        private enum CodingKeys: CodingKey { case threshold, coverage }

        /// Writes the threshold and the coverage beside what a score has.
        public func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(threshold, forKey: .threshold)
            try fields.encode(coverage, forKey: .coverage)
            try score.encode(to: encoder)
        }
    }

    /// The thresholds of the table; the first keeps everything.
    public static let thresholds = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

    public let rows: [Row]

    /// - Parameter gold: the number of annotated items.
    public init(_ predictions: [Confidence], gold: Int) {
        rows = Self.thresholds.map { threshold in
            let kept = predictions.filter { $0.score >= threshold }
            return Row(
                threshold: threshold, coverage: Double(kept.count) / Double(max(predictions.count, 1)),
                score: Score(gold: gold, predicted: kept.count, correct: kept.count(where: \.isCorrect)))
        }
    }

    /// Writes the rows.
    public func encode(to encoder: any Encoder) throws { try rows.encode(to: encoder) }
}

extension PrecisionCoverage: CustomStringConvertible {
    /// A table in percent for people, a threshold a line.
    public var description: String {
        func line(_ cells: [String]) -> String {
            cells.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 }.joined(separator: " ")
        }
        let heading = line(["threshold", "coverage", "precision", "recall", "F1", "predicted", "correct"])
        let lines = rows.map { row in
            let fractions = [row.coverage, row.score.precision, row.score.recall, row.score.f1]
            return line(
                [String(format: "%.2f", row.threshold)] + fractions.map { String(format: "%.2f", 100 * $0) }
                    + [row.score.predicted, row.score.correct].map(String.init))
        }
        return ([heading] + lines).joined(separator: "\n")
    }
}
