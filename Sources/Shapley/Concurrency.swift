import Dispatch
import Foundation
import Synchronization

/// The results of `count` independent pieces of work, in order, done by several threads.
///
/// Each thread makes a worker for itself and takes the next piece as soon as it has done the last, so that a busy core
/// delays nobody. What is computed does not depend on the number of threads; nil is one a core.
func mapConcurrently<Worker, Result: Sendable>(
    _ count: Int, threads: Int?, worker: @Sendable () -> Worker, _ work: @Sendable (Worker, Int) -> Result
) -> [Result] {
    let threads = max(1, min(threads ?? ProcessInfo.processInfo.activeProcessorCount, count))
    if threads == 1 {
        let worker = worker()
        return (0..<count).map { work(worker, $0) }
    }
    return Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
        nonisolated(unsafe) let results = buffer
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            let worker = worker()
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                (results.baseAddress! + index).initialize(to: work(worker, index))
            }
        }
        initializedCount = count
    }
}
