import Support

extension Engine {
    /// Transforms every element, on as many threads as the engine may use, each of which computes by itself.
    ///
    /// Many small computations that have nothing to do with each other take less time so than one after the other with
    /// every operator spread over all threads. The weights of models must not change meanwhile.
    /// - Throws: the first error of `transform`; elements that were not begun by then are left out.
    public static func concurrentMap<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ transform: @escaping @Sendable (Element) throws -> Value
    ) throws -> [Value] {
        let threads = threadCount
        guard min(threads, elements.count) > 1 else { return try keepingCasts { try elements.map(transform) } }
        return try Support.concurrentMap(count: elements.count, threads: threads) { run in
            threadCount = 1
            defer { threadCount = threads }
            keepingCasts { run(()) }
        } _: { (_: Void, index) in
            try transform(elements[index])
        }
    }
}
