import Dispatch
import Synchronization

/// Runs asynchronous work to its end while the calling thread waits.
package func waiting<Value: Sendable>(for work: @Sendable @escaping () async throws -> Value) throws -> Value {
    let outcome = Outcome<Value>()
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
        do {
            let value = try await work()
            outcome.result.withLock { $0 = .success(value) }
        } catch {
            outcome.result.withLock { $0 = .failure(error) }
        }
        isDone.signal()
    }
    isDone.wait()
    return try outcome.result.withLock { result in
        guard let result else { preconditionFailure("the work has ended without a result") }
        return try result.get()
    }
}

private final class Outcome<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
}
