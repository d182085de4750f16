import Synchronization

/// What all tasks of a run know of the server: how long to leave it alone, and whether to give it up.
final class ServerHealth: Sendable {
    private struct State {
        var pausedUntil = ContinuousClock.now
        var givenUpInARow = 0
        var stop: GenerationFailure?
    }

    private let state = Mutex(State())
    private let patience: Int

    init(patience: Int) { self.patience = patience }

    /// Why nothing more is asked; nil while all goes on.
    var stop: GenerationFailure? { state.withLock(\.stop) }

    /// How long everybody is to wait before asking.
    var pause: Duration { state.withLock { max(.zero, $0.pausedUntil - .now) } }

    /// Keeps everybody waiting.
    func pause(for seconds: Double) {
        state.withLock { $0.pausedUntil = max($0.pausedUntil, .now + .seconds(seconds)) }
    }

    /// A picture got its answer.
    func answered() { state.withLock { $0.givenUpInARow = 0 } }

    /// A picture was given up.
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
