import Foundation

/// How often a picture is asked about, and how long is waited between.
public struct RetryPolicy: Sendable {
    /// The most attempts for one picture in one run.
    public var attempts: Int
    /// Seconds that the first wait may last; each further one may last twice as long.
    public var firstWait: Double
    /// The most seconds that any wait may last.
    public var longestWait: Double
    /// How many pictures in a row may be given up, none answered between, until the run stops.
    public var patience: Int

    public init(attempts: Int = 5, firstWait: Double = 0.5, longestWait: Double = 60, patience: Int = 5) {
        self.attempts = attempts
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.patience = patience
    }

    /// Seconds to wait after an attempt, the first being 0: a random share, at least half, of a time that doubles.
    ///
    /// The server's own wish counts where it has one; nil means that it asks for more patience than there is.
    func wait(
        after attempt: Int, retryAfter: Double?, using generator: inout some RandomNumberGenerator
    ) -> Double? {
        let full = min(longestWait, firstWait * pow(2, Double(min(attempt, 30))))
        let share = Double.random(in: 0.5...1, using: &generator) * full
        guard let retryAfter else { return share }
        return retryAfter > longestWait ? nil : retryAfter + Double.random(in: 0...0.25, using: &generator) * share
    }
}
