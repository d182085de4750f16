import Foundation

/// The machine and what is known of its engines.
package struct KernelReport: Encodable, CustomStringConvertible {
    /// A product's rate by each engine, in 10⁹ operations a second.
    package struct Product: Encodable {
        let product: LinearProduct
        let rates: [ProductEngine: Double]
    }

    let machine: Machine
    let engines: [ProductEngine]
    let products: [Product]
    /// What the choice for all of the products together is.
    let precision: Precision?
    let cache: String

    /// - Parameter cache: the file that keeps what was measured.
    package init(_ kernels: Kernels, cache: URL) {
        machine = kernels.machine
        let known = kernels.known
        engines = ProductEngine.available + (known.entries.contains { $0.seconds[.int8] != nil } ? [.int8] : [])
        products = known.entries.map { entry in
            Product(product: entry.product, rates: entry.seconds.mapValues { entry.product.operations / $0 / 1e9 })
        }
        precision = known.entries.isEmpty ? nil : KernelChoice(known, for: known.work).precision
        self.cache = cache.path(percentEncoded: false)
    }

    package var description: String {
        var lines = [
            "processor     \(machine.processor), \(machine.processors) in use",
            "instructions  \(machine.instructions.joined(separator: " "))",
            "limits        "
                + (machine.limits.isEmpty
                    ? "none" : machine.limits.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")),
            "threads       \(machine.threads) an operator",
            "versions      shapca \(machine.version), libtorch \(machine.libtorch)",
            "cache         \(cache)",
            "precision     \(precision.map { "\($0.rawValue), by what is measured" } ?? "fp32 until something is measured")",
        ]
        guard !products.isEmpty else {
            return (lines + ["No engine is measured here yet; --measure does so."]).joined(separator: "\n")
        }
        lines += ["", Self.row("10⁹ op/s", "rows", "layer", engines.map(\.rawValue))]
        for product in products {
            let shape = product.product
            lines.append(
                Self.row(
                    shape.kind.title, shape.rowsTitle, "\(shape.inputs) x \(shape.outputs)",
                    engines.map { engine in product.rates[engine].map { String(format: "%.0f", $0) } ?? "" }))
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ kind: String, _ rows: String, _ layer: String, _ rates: [String]) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }
        let columns = rates.map { String(repeating: " ", count: max(0, 12 - $0.count)) + $0 }.joined()
        return padded(kind, 16) + padded(rows, 12) + padded(layer, 14) + columns
    }
}

extension LinearProduct.Kind {
    fileprivate var title: String {
        switch self {
        case .output: "output"
        case .inputGradient: "input gradient"
        case .weightGradient: "weight gradient"
        }
    }
}
