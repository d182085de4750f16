import CTorch

/// The choice of engines and precision for some work, out of a cache or by a measurement.
public struct Kernels: Sendable {
    private let cache: KernelCache
    /// The machine whose timings count.
    public let machine: Machine

    /// - Parameter machine: that of this process.
    public init(cache: KernelCache, machine: Machine = Machine()) {
        self.cache = cache
        self.machine = machine
    }

    /// The timings that are kept.
    public var known: KernelTimings { cache.timings(of: machine) }

    /// The choice for some work.
    /// - Parameters:
    ///   - setting: one engine for all, or the fastest of each.
    ///   - device: where the work is done.
    ///   - limit: the time that a measurement may take; nil where only what is known counts.
    /// - Throws: `TorchError`.
    public func choice(
        _ setting: KernelSetting, for work: KernelWork, on device: Device = .cpu, measuringWithin limit: Duration?
    ) throws -> KernelChoice {
        guard device.isCPU else { return .accelerated }
        if let engine = setting.engine { return KernelChoice(engine) }
        var timings = known
        if let limit {
            let missing = timings.missing(of: work)
            if !missing.counts.isEmpty { timings.merge(try measure(missing, within: limit)) }
        }
        return KernelChoice(timings, for: work)
    }

    /// Whether threads had to leave their processors more often than on a machine of their own.
    package static func isDisturbed(preemptions: Int, in time: Duration) -> Bool {
        preemptions > 3 && Double(preemptions) > 40 * (time / .seconds(1))
    }

    /// Measures the products of some work anew, and keeps what comes out.
    /// - Returns: the timings; none where those of several threads were disturbed by other programs. The time of one thread is that of
    ///   its processor, which others do not count in.
    /// - Throws: `TorchError`.
    @discardableResult
    public func measure(_ work: KernelWork, within limit: Duration) throws -> KernelTimings {
        let before = Engine.threadCount
        Engine.threadCount = machine.threads
        defer { Engine.threadCount = before }
        let (start, preemptions) = (ContinuousClock.now, ct_preemptions())
        let measured = try KernelMeter.timings(of: work, within: limit)
        let disturbed = Self.isDisturbed(preemptions: ct_preemptions() - preemptions, in: .now - start)
        guard machine.threads == 1 || !disturbed else { return KernelTimings() }
        cache.keep(measured, of: machine)
        return measured
    }
}
