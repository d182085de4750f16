import Dispatch
import Foundation
import Synchronization

/// The results of `count` independent pieces of work, in order, done by several threads.
///
/// A thread takes the next piece as soon as it has done the last, so that a busy core delays nobody. What is computed
/// does not depend on the number of threads.
/// - Parameters:
///   - threads: the most threads; nil is one a core.
///   - onEachThread: prepares a thread, runs what it is given with what the thread keeps between its pieces, and tidies up.
///   - work: does one piece.
/// - Throws: the first error of `work`; pieces that were not begun by then are left out.
@inlinable
public func concurrentMap<Worker, Value: Sendable, Failure: Error>(
    count: Int, threads: Int? = nil, onEachThread: @Sendable ((Worker) -> Void) -> Void,
    _ work: @escaping @Sendable (Worker, Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
    let threads = max(1, min(threads ?? ProcessInfo.processInfo.activeProcessorCount, count))
    let next = Atomic(0)
    let failure = Mutex<Failure?>(nil)
    var values = [Value?](repeating: nil, count: count)
    values.withUnsafeMutableBufferPointer { buffer in
        // Each index is one thread's, and so is its slot.
        nonisolated(unsafe) let slots = buffer
        @Sendable func run() {
            onEachThread { worker in
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < count else { return }
                    do throws(Failure) {
                        slots[index] = try work(worker, index)
                    } catch {
                        failure.withLock { $0 = $0 ?? error }
                        next.store(count, ordering: .relaxed)
                    }
                }
            }
        }
        if threads == 1 { run() } else { DispatchQueue.concurrentPerform(iterations: threads) { _ in run() } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return values.compactMap { $0 }
}

/// Transforms every element on several threads; results are in the order of the elements.
/// - Parameter threads: the most threads; nil is one a core.
/// - Throws: the first error of `transform`; elements that were not begun by then are left out.
@inlinable
public func concurrentMap<Element: Sendable, Value: Sendable, Failure: Error>(
    _ elements: [Element], threads: Int? = nil, _ transform: @escaping @Sendable (Element) throws(Failure) -> Value
) throws(Failure) -> [Value] {
    try concurrentMap(count: elements.count, threads: threads) { run in
        run(())
    } _: { (_: Void, index) throws(Failure) in
        try transform(elements[index])
    }
}
