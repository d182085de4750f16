import Dispatch

/// Transforms every element on all cores; results are in the order of the elements.
func concurrentMap<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ transform: @Sendable (Element) -> Value
) -> [Value] {
    [Value](unsafeUninitializedCapacity: elements.count) { buffer, initialized in
        nonisolated(unsafe) let values = buffer
        DispatchQueue.concurrentPerform(iterations: elements.count) { index in
            values.initializeElement(at: index, to: transform(elements[index]))
        }
        initialized = elements.count
    }
}
