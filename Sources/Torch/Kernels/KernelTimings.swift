/// How long products take by each engine on one machine.
public struct KernelTimings: Sendable, Equatable, Codable {
    /// A product's seconds by each engine: those of its fastest round, which other programs disturbed least.
    public struct Entry: Sendable, Equatable, Codable {
        public var product: LinearProduct
        public var seconds: [ProductEngine: Double]
    }

    /// The products that were measured, in the order in which they were.
    public private(set) var entries: [Entry] = []

    /// Nothing measured.
    public init() {}

    /// The seconds of a product by each engine that was measured.
    public subscript(product: LinearProduct) -> [ProductEngine: Double] {
        entries.first { $0.product == product }?.seconds ?? [:]
    }

    /// Notes a round; of several, the fastest counts.
    public mutating func note(_ product: LinearProduct, _ engine: ProductEngine, seconds: Double) {
        let index = entries.firstIndex { $0.product == product } ?? entries.endIndex
        if index == entries.endIndex { entries.append(Entry(product: product, seconds: [:])) }
        entries[index].seconds[engine] = min(seconds, entries[index].seconds[engine] ?? .infinity)
    }

    /// Takes over what another measurement found; where both measured a product, the other counts.
    public mutating func merge(_ other: KernelTimings) {
        for entry in other.entries {
            if let index = entries.firstIndex(where: { $0.product == entry.product }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    /// Each product that was measured, once.
    public var work: KernelWork { KernelWork(entries.map(\.product)) }

    /// The products of some work that are not measured by each engine.
    func missing(of work: KernelWork) -> KernelWork {
        work.filter { product in
            let seconds = self[product]
            return !work.engines(for: product).allSatisfy { seconds[$0] != nil }
        }
    }
}
