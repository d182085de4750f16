import Contexts
import Foundation
import Synchronization

/// Shows on standard error how far pictures are described: a progress bar on a terminal, plain lines otherwise.
final class ContextDisplay: Sendable {
    private struct State {
        var barIsShown = false
        var lastShown = ContinuousClock.now
    }

    private let started = ContinuousClock.now
    private let state = Mutex(State())

    func show(_ tally: ContextTally) {
        state.withLock { state in
            let now = ContinuousClock.now
            if Console.isInteractive {
                guard now - state.lastShown > .milliseconds(100) || tally.done == tally.total else { return }
                state.barIsShown = true
                Console.say("\r\u{1B}[K\(ProgressBar.text(tally.done, of: tally.total)) \(summary(tally, at: now))")
            } else {
                guard now - state.lastShown > .seconds(30) else { return }
                Console.note(summary(tally, at: now))
            }
            state.lastShown = now
        }
    }

    /// Leaves the terminal's line clean.
    func finish() {
        state.withLock { state in
            if state.barIsShown { Console.say("\r\u{1B}[K") }
            state.barIsShown = false
        }
    }

    private func summary(_ tally: ContextTally, at now: ContinuousClock.Instant) -> String {
        let elapsed = (now - started) / .seconds(1)
        let rate = Double(tally.done - tally.cached - tally.repeated) / max(elapsed, 1e-3)
        let left = rate > 0 ? ProgressBar.clock(Double(tally.total - tally.done) / rate) : "?"
        return String(format: "%d/%d  %.1f pictures/s", tally.done, tally.total, rate)
            + (tally.cached > 0 ? "  \(tally.cached) from the cache" : "")
            + "  \(tally.failed) failed  \(left) left"
    }
}
