import Dispatch
import Synchronization

extension Engine {
    /// Transforms every element, on as many threads as the engine may use, each of which computes by itself.
    ///
    /// Many small computations that have nothing to do with each other take less time so than one after the other with
    /// every operator spread over all threads. The weights of models must not change meanwhile.
    /// - Throws: the first error of `transform`; elements that were not begun by then are left out.
    public static func concurrentMap<Element, Value>(
        _ elements: [Element], _ transform: (Element) throws -> Value
    ) throws -> [Value] {
        let threads = threadCount
        let workers = min(threads, elements.count)
        guard workers > 1 else { return try keepingCasts { try elements.map(transform) } }
        let remaining = Mutex(elements.indices)
        let failure = Mutex<(any Error)?>(nil)
        var values = [Value?](repeating: nil, count: elements.count)
        values.withUnsafeMutableBufferPointer { slots in
            // Each element is one worker's, and so is its slot.
            nonisolated(unsafe) let (elements, slots) = (elements, slots)
            withoutActuallyEscaping(transform) { transform in
                nonisolated(unsafe) let transform = transform
                DispatchQueue.concurrentPerform(iterations: workers) { _ in
                    threadCount = 1
                    defer { threadCount = threads }
                    keepingCasts {
                        while let index = remaining.withLock({ $0.popFirst() }) {
                            do {
                                slots[index] = try transform(elements[index])
                            } catch {
                                failure.withLock { $0 = $0 ?? error }
                                remaining.withLock { $0 = 0..<0 }
                            }
                        }
                    }
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return values.compactMap { $0 }
    }
}
