import Foundation
import Synchronization

/// The number of attempts for a picture, and the waits between them.
package struct RetryPolicy: Sendable {
    /// The most attempts for one picture in one run.
    package var attempts: Int
    /// Seconds that the first wait may last; each further one may last twice as long.
    package var firstWait: Double
    /// The most seconds that any wait may last.
    package var longestWait: Double
    /// The number of pictures in a row that may fail for good until the run stops.
    package var patience: Int

    package init(attempts: Int = 5, firstWait: Double = 0.5, longestWait: Double = 60, patience: Int = 5) {
        self.attempts = attempts
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.patience = patience
    }

    /// Seconds to wait after an attempt, the first being 0: a random share, at least half, of a time that doubles.
    ///
    /// The server's own wish counts where it has one; nil means that it asks for a longer wait than allowed.
    func wait(
        after attempt: Int, retryAfter: Double?, using generator: inout some RandomNumberGenerator
    ) -> Double? {
        let full = min(longestWait, firstWait * pow(2, Double(min(attempt, 30))))
        let share = Double.random(in: 0.5...1, using: &generator) * full
        guard let retryAfter else { return share }
        return retryAfter > longestWait ? nil : retryAfter + Double.random(in: 0...0.25, using: &generator) * share
    }
}

/// The server's state, which all tasks of a run share: how long to wait, and whether to stop asking.
final class ServerHealth: Sendable {
    private struct State {
        var pausedUntil = ContinuousClock.now
        var givenUpInARow = 0
        var stop: GenerationFailure?
    }

    private let state = Mutex(State())
    private let patience: Int

    init(patience: Int) { self.patience = patience }

    /// Why the run stops; nil while it continues.
    var stop: GenerationFailure? { state.withLock(\.stop) }

    /// The wait of every task before it asks.
    var pause: Duration { state.withLock { max(.zero, $0.pausedUntil - .now) } }

    /// Makes every task wait.
    func pause(for seconds: Double) {
        state.withLock { $0.pausedUntil = max($0.pausedUntil, .now + .seconds(seconds)) }
    }

    /// A picture got its answer.
    func answered() { state.withLock { $0.givenUpInARow = 0 } }

    /// A picture failed for good.
    func gaveUp(_ failure: GenerationFailure) {
        state.withLock { state in
            if failure.kind == .picture { return }
            if failure.isAnswers, failure.kind != .invalidAnswer {
                state.givenUpInARow = 0
                return
            }
            state.givenUpInARow += 1
            if failure.isFinal || state.givenUpInARow >= patience { state.stop = state.stop ?? failure }
        }
    }
}
