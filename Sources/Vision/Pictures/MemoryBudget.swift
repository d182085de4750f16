import Dispatch
import Synchronization

/// Bytes of memory that several threads share: work that needs some waits until they are free.
///
/// Work begins in the order in which it asks, so that neither large nor small pieces wait for ever. A piece that alone
/// needs more than there is takes everything, and so runs alone.
package final class MemoryBudget: Sendable {
    /// The bytes that are shared.
    package let byteCount: Int
    private let state: Mutex<State>

    private struct State {
        var free: Int
        /// Those who wait, in the order in which they came.
        var waiting: [(byteCount: Int, turn: DispatchSemaphore)] = []
    }

    /// - Precondition: The count is positive.
    package init(byteCount: Int) {
        precondition(byteCount > 0, "a budget of \(byteCount) bytes")
        self.byteCount = byteCount
        state = Mutex(State(free: byteCount))
    }

    /// Does a piece of work as soon as its memory is free, on this thread, which waits until then.
    ///
    /// The work must not ask this budget for more. The memory is free again when the work ends or throws.
    package func withRoom<Value, Failure: Error>(
        for byteCount: Int, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let share = min(max(byteCount, 0), self.byteCount)
        take(share)
        defer { give(share) }
        return try work()
    }

    /// The number of pieces of work that wait.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func take(_ share: Int) {
        let turn = state.withLock { state -> DispatchSemaphore? in
            if state.waiting.isEmpty, share <= state.free {
                state.free -= share
                return nil
            }
            let turn = DispatchSemaphore(value: 0)
            state.waiting.append((share, turn))
            return turn
        }
        turn?.wait()
    }

    private func give(_ share: Int) {
        state.withLock { state in
            state.free += share
            while let first = state.waiting.first, first.byteCount <= state.free {
                state.free -= first.byteCount
                state.waiting.removeFirst()
                first.turn.signal()
            }
        }
    }
}
