import CTorch
import Support
import Synchronization

/// The engine as a whole.
public enum Engine {
    /// The version of libtorch that the program was built with.
    public static var version: String { String(cString: ct_version()) }

    /// The number of threads that an operator on the CPU may use.
    public static var threadCount: Int {
        get { isWorker ? 1 : chosenThreadCount.load(ordering: .relaxed) }
        set {
            chosenThreadCount.store(newValue, ordering: .relaxed)
            ct_set_thread_count(newValue)
        }
    }

    /// Has threads that wait for each other sleep soon, instead of spinning, while other programs take the processors too;
    /// for the rest of the program. Two threads are then no slower than one.
    ///
    /// Nothing changes where OMP_WAIT_POLICY or GOMP_SPINCOUNT say how to wait.
    public static func calmThreads() { ct_calm_threads() }

    /// libtorch keeps a number a thread, and one for threads to begin with, which the threads of a concurrent map change.
    private static let chosenThreadCount = Atomic(ct_thread_count())
    /// Whether this is a thread of a concurrent map.
    @TaskLocal private static var isWorker = false
}

extension Engine {
    /// Transforms every element, on as many threads as the engine may use, each of which computes by itself.
    ///
    /// Many independent small computations are faster this way than one after the other with every operator spread over
    /// all threads. The weights of models must not change meanwhile. The threads behave as
    /// in training where the caller's does.
    /// - Throws: the first error of `transform`; elements that were not begun by then are left out.
    public static func concurrentMap<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ transform: @escaping @Sendable (Element) throws -> Value
    ) throws -> [Value] {
        let threads = threadCount
        guard min(threads, elements.count) > 1 else { return try keepingCasts { try elements.map(transform) } }
        let isTraining = TrainingMode.isOn
        return try Support.concurrentMap(count: elements.count, threads: threads) { run in
            // A thread takes over the number that threads begin with when it is first asked for one.
            _ = ct_thread_count()
            ct_set_thread_count(1)
            defer { ct_set_thread_count(threads) }
            $isWorker.withValue(true) { withTrainingMode(isTraining) { keepingCasts { run(()) } } }
        } _: { (_: Void, index) in
            try transform(elements[index])
        }
    }
}

/// The engine's random number generators.
public enum Random {
    /// Seeds the generators of all devices.
    public static func seed(_ seed: UInt64) { check(ct_manual_seed(seed)) }

    /// The whole state of a device's generator, as bytes.
    public static func state(of device: Device = .cpu) -> Tensor { Tensor(ct_random_state(device.engine)) }

    /// Continues from a state that ``state(of:)`` gave.
    public static func restore(_ state: Tensor, on device: Device = .cpu) {
        check(ct_set_random_state(device.engine, state.handle))
    }
}
