import CTorch
import Foundation

/// Times the products of some work by each engine, in alternating rounds within a given time.
struct KernelMeter {
    private let clock = ContinuousClock()
    private var timings = KernelTimings()

    /// More rounds than these tell nothing new.
    private static let mostRounds = 7
    /// An engine that takes as many times the time of the fastest is not tried again.
    private static let hopeless = 2.0

    /// Measures until every product had enough rounds or the time is over; products with the most operations come first,
    /// and each that was begun has a round by every engine.
    /// - Parameter limit: the time that it may take, but for the last product.
    static func timings(of work: KernelWork, within limit: Duration) throws -> KernelTimings {
        var meter = KernelMeter()
        let deadline = meter.clock.now + limit
        for round in 0..<mostRounds {
            for product in work.products {
                guard meter.clock.now < deadline else { return meter.timings }
                try withTorchErrors { meter.time(product, by: work.engines(for: product), round: round) }
            }
        }
        return meter.timings
    }

    private mutating func time(_ product: LinearProduct, by engines: [ProductEngine], round: Int) {
        let known = timings[product]
        let factors = Self.factors(of: product)
        let bias = Tensor.full([product.outputs], 0)
        for engine in engines {
            let fastest = timings[product].values.min() ?? .infinity
            guard round == 0 || known[engine] ?? 0 <= Self.hopeless * fastest else { continue }
            let dtype = engine == .oneDNNBFloat16 ? DType.bfloat16 : .float32
            let (a, b) = (factors.0.to(dtype), factors.1.to(dtype))
            let laidOut = engine.laidOut(b)
            // The first product by an engine prepares it.
            for _ in 0..<(round == 0 ? 2 : 1) {
                let start = Self.seconds
                if let laidOut {
                    _ = a.linear(laidOut, bias)
                } else {
                    _ = Tensor(ct_product(product.kind.product, engine.engine, a.handle, b.handle))
                }
                let elapsed = Self.seconds - start
                timings.note(product, engine, seconds: elapsed)
                if elapsed > 2 * Self.hopeless * fastest { break }
            }
        }
    }

    /// The time: that of the processor where one thread does the work, so that what other programs take does not count.
    private static var seconds: Double {
        var time = timespec()
        clock_gettime(Engine.threadCount == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func factors(of product: LinearProduct) -> (Tensor, Tensor) {
        let (rows, inputs, outputs) = (product.measuredRows, product.inputs, product.outputs)
        let (x, y, weight) = ([rows, inputs], [rows, outputs], [outputs, inputs])
        let (a, b) =
            switch product.kind {
            case .output: (x, weight)
            case .inputGradient: (y, weight)
            case .weightGradient: (y, x)
            }
        return (.full(a, 0.5), .full(b, 0.25))
    }
}
