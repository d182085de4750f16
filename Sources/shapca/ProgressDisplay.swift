import Contexts
import Foundation
import Synchronization
import Training

/// Progress on standard error: a bar on a terminal, a plain line now and then otherwise.
final class ProgressDisplay: Sendable {
    private struct State {
        var barIsShown = false
        var lastShown = ContinuousClock.now
    }

    private let started = ContinuousClock.now
    private let state = Mutex(State())

    /// Shows the progress of the work, unless it did so a moment ago.
    func show(_ done: Int, of total: Int, _ summary: () -> String) {
        state.withLock { state in
            let elapsed = ContinuousClock.now - state.lastShown
            if Console.isInteractive {
                guard elapsed > .milliseconds(100) || done == total else { return }
                state.barIsShown = true
                let filled = 24 * done / max(total, 1)
                let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
                Console.say("\r\u{1B}[K\(bar) \(summary().printable)")
            } else {
                guard elapsed > .seconds(30) else { return }
                Console.note(summary())
            }
            state.lastShown = .now
        }
    }

    func show(_ tally: ContextTally) {
        show(tally.done, of: tally.total) { tally.summary(after: ContinuousClock.now - started) }
    }

    func show(_ event: TrainingEvent) {
        if case .step(let step, let progress) = event {
            show(progress.batch, of: progress.batches) { progress.summary(of: step) }
        } else {
            finish()
            Console.note(event.description)
        }
    }

    /// Clears the terminal's line.
    func finish() {
        state.withLock { state in
            if state.barIsShown { Console.say("\r\u{1B}[K") }
            state.barIsShown = false
        }
    }
}
