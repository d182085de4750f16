import CTorch

/// The engine of each product, and the precision in which some work takes the least time: a function of timings alone.
public struct KernelChoice: Sendable, Equatable, Codable {
    /// A product's engines, in 32-bit floats and in bfloat16 numbers.
    public struct Entry: Sendable, Equatable, Codable {
        public var product: LinearProduct
        public var fp32: ProductEngine
        public var bf16: ProductEngine
    }

    public private(set) var entries: [Entry] = []
    /// The engine of products without an entry.
    public private(set) var others = ProductEngine.oneDNN
    /// The same in bfloat16 numbers, of matrix products that are not those of linear layers too.
    public private(set) var othersInBFloat16 = ProductEngine.oneDNN
    /// The precision where it is to be chosen.
    public private(set) var precision = Precision.fp32
    /// The layers whose weights are to be laid out, where the precision is that of 32-bit floats, and for which engine.
    public private(set) var packed: [LinearShape: ProductEngine] = [:]

    private enum CodingKeys: CodingKey { case entries, others, othersInBFloat16, precision }

    /// An engine has to save as much of the time to be preferred to oneDNN, and bfloat16 to 32-bit floats.
    private static let worthwhile = 0.95

    /// oneDNN for all, which nothing was measured for.
    public static let unmeasured = KernelChoice()

    /// Nothing is chosen where the CPU does not multiply, and bfloat16 is the faster.
    static let accelerated: KernelChoice = {
        var choice = KernelChoice()
        choice.precision = .bf16
        return choice
    }()

    private init() {}

    /// One engine for all products.
    public init(_ engine: ProductEngine) {
        (others, othersInBFloat16) = (engine == .oneDNNBFloat16 ? .oneDNN : engine, engine)
    }

    /// Chooses by what was measured.
    ///
    /// Of two engines of 32-bit floats oneDNN is taken unless another takes at least 5 % less time, and weights are laid out for
    /// the engine that is then the fastest where that saves as much again. A product in bfloat16
    /// numbers is computed as it is where that takes less time than in 32-bit floats. The precision is bfloat16 where all
    /// products of the work together take at least 5 % less time so.
    /// - Parameter work: products without a timing do not count.
    public init(_ timings: KernelTimings, for work: KernelWork) {
        var totals: [ProductEngine: Double] = [:]
        var (floats, native) = (0.0, 0.0)
        for entry in timings.entries {
            let seconds = entry.seconds.filter { $0.value.isFinite && $0.value > 0 }
            guard let fp32 = Self.fastest(seconds), let float = seconds[fp32] else { continue }
            let bf16 = seconds[.oneDNNBFloat16] ?? .infinity
            entries.append(Entry(product: entry.product, fp32: fp32, bf16: bf16 < float ? .oneDNNBFloat16 : fp32))
            let count = Double(work.counts[entry.product] ?? 0)
            for (engine, time) in seconds { totals[engine, default: 0] += count * time }
            guard count > 0 else { continue }
            native += count * bf16
            let laidOut = seconds.filter(\.key.isOfPackedWeights).min { $0.value < $1.value }
            if work.isOfFixedWeights, let laidOut, laidOut.value <= Self.worthwhile * float {
                packed[LinearShape(inputs: entry.product.inputs, outputs: entry.product.outputs)] = laidOut.key
                floats += count * laidOut.value
            } else {
                floats += count * float
            }
        }
        guard floats > 0 else { return }
        others = Self.fastest(totals) ?? .oneDNN
        othersInBFloat16 = native < floats ? .oneDNNBFloat16 : others
        precision = native <= Self.worthwhile * floats ? .bf16 : .fp32
    }

    private static func fastest(_ seconds: [ProductEngine: Double]) -> ProductEngine? {
        switch (seconds[.oneDNN], seconds[.mkl]) {
        case (let oneDNN?, let mkl?): mkl <= worthwhile * oneDNN ? .mkl : .oneDNN
        case (_?, nil): .oneDNN
        case (nil, _?): .mkl
        case (nil, nil): nil
        }
    }

    /// Makes this the choice of the whole program.
    ///
    /// Products that are computed meanwhile may use either choice.
    public func use() {
        let choices = entries.flatMap { entry in
            [(entry.fp32, false), (entry.bf16, true)].map { engine, inBFloat16 in
                CTEngineChoice(
                    product: entry.product.kind.product, in_bfloat16: inBFloat16, row_class: entry.product.rowClass,
                    inputs: entry.product.inputs, outputs: entry.product.outputs, engine: engine.engine)
            }
        }
        ct_use_engines(choices, choices.count, others.engine, othersInBFloat16.engine)
    }
}
