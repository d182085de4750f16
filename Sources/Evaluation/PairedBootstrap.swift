import Foundation
import Support

/// The difference of two systems' micro F1 on the same posts and its certainty, by resampling the posts.
///
/// Each resample draws as many posts as there are, with replacement, and takes for both systems what they did on them.
/// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993; Berg-Kirkpatrick, Burkett and Klein, "An Empirical
/// Investigation of Statistical Significance in NLP", EMNLP 2012.
public struct PairedBootstrap: Sendable, Hashable, Codable {
    /// The first system's F1 less the second's, a fraction.
    public var difference: Double
    /// The lower end of the percentile interval of the difference.
    public var lower: Double
    /// The upper end of the percentile interval of the difference.
    public var upper: Double
    /// The share of resamples that the interval covers.
    public var confidence: Double
    /// The two-sided p-value: how often chance alone, the resampled differences moved to a mean of no difference, is as
    /// far from zero as ``difference``. The sample itself counts as one resample, so that it is never 0.
    public var pValue: Double
    /// The number of resamples.
    public var resamples: Int
    /// The start of the draws; the same seed gives the same numbers on every machine.
    public var seed: UInt64

    /// Compares two systems by their counts on each post.
    /// - Precondition: both have the same posts, with the same annotation, in the same order.
    public init(
        _ first: [Score], _ second: [Score], resamples: Int = 10_000, confidence: Double = 0.95, seed: UInt64 = 0
    ) {
        precondition(first.count == second.count, "\(first.count) and \(second.count) posts; score both systems on all")
        precondition(zip(first, second).allSatisfy { $0.gold == $1.gold }, "the systems were scored on different posts")
        precondition(resamples > 0 && (0..<1).contains(confidence), "resamples > 0, 0 <= confidence < 1")
        func difference(over posts: some Collection<Int>) -> Double {
            var (left, right) = (Score(), Score())
            for post in posts {
                left += first[post]
                right += second[post]
            }
            return left.f1 - right.f1
        }
        var generator = SplitMix64(state: seed)
        let observed = difference(over: first.indices)
        let differences = (0..<resamples).map { _ in
            difference(over: first.indices.map { _ in generator.index(below: first.count) })
        }.sorted()
        let outside = min(Int(((1 - confidence) / 2 * Double(resamples)).rounded()), (resamples - 1) / 2)
        let extremes = differences.count { abs($0 - observed) >= abs(observed) }
        self.difference = observed
        lower = differences[outside]
        upper = differences[resamples - 1 - outside]
        pValue = Double(1 + extremes) / Double(1 + resamples)
        self.confidence = confidence
        self.resamples = resamples
        self.seed = seed
    }
}

extension PairedBootstrap: CustomStringConvertible {
    /// The fractions in percent, for example `+1.20 F1, 95 % interval [+0.31, +2.10], p = 0.0102`.
    public var description: String {
        String(
            format: "%+.2f F1, %g %% interval [%+.2f, %+.2f], p = %.4f", 100 * difference, 100 * confidence,
            100 * lower, 100 * upper, pValue)
    }
}
