import Contexts
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
            let summary = tally.summary(after: now - started, clock: ProgressBar.clock)
            if Console.isInteractive {
                guard now - state.lastShown > .milliseconds(100) || tally.done == tally.total else { return }
                state.barIsShown = true
                Console.say("\r\u{1B}[K\(ProgressBar.text(tally.done, of: tally.total)) \(summary)")
            } else {
                guard now - state.lastShown > .seconds(30) else { return }
                Console.note(summary)
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
}
