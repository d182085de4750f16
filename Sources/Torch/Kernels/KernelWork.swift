/// The products that some work consists of: what the choice of engines is for.
public struct KernelWork: Sendable, Equatable {
    /// How often each product is computed.
    public private(set) var counts: [LinearProduct: Int] = [:]
    /// Whether weights stay as they are, so that they can be laid out for an engine once.
    let isOfFixedWeights: Bool
    /// Whether 8-bit whole numbers are measured too, where weights stay as they are.
    public var includes8Bit = false

    private init(counts: [LinearProduct: Int], isOfFixedWeights: Bool) {
        (self.counts, self.isOfFixedWeights) = (counts, isOfFixedWeights)
    }

    /// Each of some products once.
    init(_ products: [LinearProduct]) {
        self.init(counts: Dictionary(products.map { ($0, 1) }) { first, _ in first }, isOfFixedWeights: true)
    }

    /// The work of layers on as many rows.
    /// - Parameter training: whether the gradients are computed too.
    public init(_ layers: [LinearShape: Int], rows: Int, training: Bool = false) {
        isOfFixedWeights = !training
        for (shape, count) in layers {
            for kind in training ? LinearProduct.Kind.allCases : [.output] {
                let product = LinearProduct(kind, rows: rows, inputs: shape.inputs, outputs: shape.outputs)
                counts[product, default: 0] += count
            }
        }
    }

    /// Some of the products.
    func filter(_ isIncluded: (LinearProduct) -> Bool) -> KernelWork {
        var work = self
        work.counts = counts.filter { isIncluded($0.key) }
        return work
    }

    /// The engines that can compute a product.
    func engines(for product: LinearProduct) -> [ProductEngine] {
        guard isOfFixedWeights, product.kind == .output else {
            return ProductEngine.available.filter { !$0.isOfPackedWeights }
        }
        return ProductEngine.available + (includes8Bit ? [.int8] : [])
    }

    /// The products, those with the most operations in all first.
    var products: [LinearProduct] {
        func operations(_ product: LinearProduct) -> Double { product.operations * Double(counts[product] ?? 0) }
        return counts.keys.sorted {
            let (left, right) = (operations($0), operations($1))
            return left == right ? $0.order < $1.order : left > right
        }
    }
}

extension LinearProduct {
    fileprivate var order: (String, Int, Int, Int) { (kind.rawValue, rowClass, inputs, outputs) }
}
