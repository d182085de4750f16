import ArgumentParser
import Extraction
import Foundation
import Support
import Torch

struct SystemCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system",
        abstract: "Show the machine, how fast it multiplies matrices by each engine, and which encoders are known.",
        discussion: """
            Engines are measured when a model is first used, and kept in the cache for this processor, its limits \
            (such as ONEDNN_MAX_CPU_ISA), number of threads, libtorch and version. --measure measures anew: the layers \
            of a model, or those of an encoder of MiniLM's size, for batches of 32 posts and for one.
            """)

    @Flag(help: "Measure the engines anew.")
    var measure = false

    @Option(help: .folder("A model, for whose layers the engines are measured."), transform: URL.argument)
    var model: URL?

    @Option("Threads of an operator; 1, as for many posts, when not given", in: 1...DeviceOptions.mostThreads)
    var threads = 1

    @Flag(help: "List the encoders that a configuration can name, instead of the machine.")
    var encoders = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        if encoders { return try print(EncoderReport()) }
        let kernels = Kernels(
            cache: KernelCache(FetchedModels.kernels), machine: Machine(threads: threads))
        if measure {
            let layers = try model.map { try Extractor(modelFolder: $0).model.linearShapes() } ?? Self.layers
            for batchSize in [32, 1] {
                var work = ShapCA.work(of: layers, batchSize: batchSize)
                work.includes8Bit = true
                if try kernels.measure(work, within: .seconds(5)).entries.isEmpty {
                    Console.note("other programs use the processors, so nothing is kept; try again, or --threads 1")
                    break
                }
            }
        }
        try print(KernelReport(kernels, cache: FetchedModels.kernels))
    }

    private func print(_ report: some Encodable & CustomStringConvertible) throws {
        if json { try Console.print(json: report) } else { try Console.print(report.description) }
    }

    /// Those of six layers 384 wide, with 1,536 within.
    private static let layers = [
        LinearShape(inputs: 384, outputs: 384): 24, LinearShape(inputs: 384, outputs: 1536): 6,
        LinearShape(inputs: 1536, outputs: 384): 6,
    ]
}
