import Foundation

/// A prediction as its confidence sees it: the model's probability that it is right, and whether it is.
public struct Confidence: Sendable, Equatable {
    /// Between 0 and 1.
    public let score: Double
    public let isCorrect: Bool

    public init(score: Double, isCorrect: Bool) { (self.score, self.isCorrect) = (score, isCorrect) }
}

/// How far the scores of predictions are the shares of them that are right: the expected calibration error (Naeini et al.,
/// 2015; Guo et al., 2017) with what it is made of.
public struct Calibration: Sendable, Equatable, Codable {
    /// The predictions whose scores are in one of the intervals of equal width, which hold their upper ends.
    public struct Bin: Sendable, Equatable, Codable {
        public let lower: Double
        public let upper: Double
        /// The number of predictions.
        public let count: Int
        /// The mean of their scores; 0 where there are none.
        public let confidence: Double
        /// The fraction of them that is right; 0 where there are none.
        public let precision: Double
    }

    /// The number of intervals.
    public static let binCount = 15

    /// From the lowest scores to the highest.
    public let bins: [Bin]
    /// The difference between score and precision, a mean over bins weighted by their predictions; 0 where there are none.
    public let expectedError: Double

    /// The number of predictions.
    public var count: Int { bins.reduce(0) { $0 + $1.count } }

    /// The error in words.
    /// - Parameter temperature: that of the scores; nil where they were not calibrated.
    package func summary(temperature: Double?) -> String {
        let error = String(format: "%.4f", expectedError)
        let origin = temperature.map { String(format: "at the temperature %.3f", $0) } ?? "not calibrated"
        return
            "expected calibration error \(error) over \(count) entities found (\(Self.binCount) bins; scores \(origin))"
    }

    public init(_ predictions: [Confidence]) {
        var members = [[Confidence]](repeating: [], count: Self.binCount)
        for prediction in predictions {
            let bin = (prediction.score * Double(Self.binCount)).rounded(.up) - 1
            members[Int(min(max(bin, 0), Double(Self.binCount - 1)))].append(prediction)
        }
        bins = members.enumerated().map { index, members in
            let count = Double(max(members.count, 1))
            return Bin(
                lower: Double(index) / Double(Self.binCount), upper: Double(index + 1) / Double(Self.binCount),
                count: members.count, confidence: members.reduce(0) { $0 + $1.score } / count,
                precision: Double(members.count(where: \.isCorrect)) / count)
        }
        let total = Double(max(predictions.count, 1))
        expectedError = bins.reduce(0) { $0 + Double($1.count) / total * abs($1.precision - $1.confidence) }
    }
}
