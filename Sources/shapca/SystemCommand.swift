import ArgumentParser
import Extraction
import Foundation
import Support
import Torch

struct SystemCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system",
        abstract: "Show the machine, and how fast it multiplies matrices by each engine.",
        discussion: """
            Engines are measured when a model is first used, and kept in the cache for this processor, its limits \
            (such as ONEDNN_MAX_CPU_ISA), number of threads, libtorch and version. --measure measures anew: the layers \
            of a model, or those of an encoder of MiniLM's size.
            """)

    @Flag(help: "Measure the engines anew.")
    var measure = false

    @Option(help: .folder("A model, for whose layers the engines are measured."), transform: URL.argument)
    var model: URL?

    @Option("Threads of an operator; 1, as for many posts, when not given", in: 1...DeviceOptions.mostThreads)
    var threads = 1

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let kernels = Kernels(
            cache: KernelCache(FetchedModels.kernels), machine: Machine(threads: threads))
        if measure {
            let work = try model.map { try Extractor(modelFolder: $0).work(batchSize: 32) } ?? Self.work
            try kernels.measure(work, within: .seconds(5))
        }
        let report = SystemReport(kernels)
        if json { try Console.print(json: report) } else { try Console.print(report.description) }
    }

    /// The products of six layers 384 wide, with 1,536 within.
    private static let work = KernelWork(
        [
            LinearShape(inputs: 384, outputs: 384): 24, LinearShape(inputs: 384, outputs: 1536): 6,
            LinearShape(inputs: 1536, outputs: 384): 6,
        ], rows: 1280)
}

/// The machine and what is known of its engines.
private struct SystemReport: Encodable, CustomStringConvertible {
    /// A product's rate by each engine, in 10⁹ floating-point operations a second.
    struct Product: Encodable {
        let product: LinearProduct
        let rates: [ProductEngine: Double]
    }

    let machine: Machine
    let engines: [ProductEngine]
    let products: [Product]
    /// What the choice for all of the products together is.
    let precision: Precision?
    let cache: String

    init(_ kernels: Kernels) {
        machine = kernels.machine
        engines = ProductEngine.available
        let known = kernels.known
        products = known.entries.map { entry in
            Product(product: entry.product, rates: entry.seconds.mapValues { entry.product.operations / $0 / 1e9 })
        }
        precision = known.entries.isEmpty ? nil : KernelChoice(known, for: known.work).precision
        cache = FetchedModels.kernels.path(percentEncoded: false)
    }

    var description: String {
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
        lines += ["", Self.row("GFLOP/s", "rows", "layer", engines.map(\.rawValue))]
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

extension LinearProduct {
    fileprivate var rowsTitle: String { ["below 16", "16-127", "128-1023", "from 1024"][min(max(rowClass, 0), 3)] }
}
