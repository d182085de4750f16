import ArgumentParser
import Corpus
import Extraction
import Foundation
import Torch
import Training

/// The options of every command that runs a model.
struct DeviceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to run: cpu, cuda or cuda:N.", valueName: "device"))
    var device = "cpu"

    @Option(help: ArgumentHelp("Threads an operator may use; all cores when not given.", valueName: "count"))
    var threads: Int?

    /// The device, ready to be used.
    func prepare() throws -> Device {
        if let threads { Engine.threadCount = threads }
        guard let device = Device(device) else {
            throw ValidationError("--device is \"\(self.device)\"; it can be cpu, cuda or cuda:N")
        }
        try device.require()
        return device
    }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    }
}

/// The options of commands that use a trained model.
struct InferenceOptions: ParsableArguments {
    @OptionGroup var device: DeviceOptions

    @Option(help: "Precision of matrix products, fp32 or bf16; bf16 where the processor multiplies it faster.")
    var precision: Precision?

    @Option(help: ArgumentHelp("Posts a batch.", valueName: "count"))
    var batchSize = 32

    func validate() throws {
        if batchSize < 1 { throw ValidationError("--batch-size must be at least 1") }
    }

    /// Opens a model folder on the chosen device.
    func open(_ model: URL) throws -> Extractor {
        let precision = precision ?? (Engine.hasFastBFloat16 ? .bf16 : .fp32)
        return try Extractor(modelFolder: model, device: try device.prepare(), precision: precision.autocast)
    }
}

extension Precision: ExpressibleByArgument {}

/// The options of commands that read a dataset: what may lie apart from it.
struct DatasetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Contexts by picture, JSON lines {\"image\", \"context\"}.", valueName: "file"),
        transform: URL.argument)
    var contexts: URL?

    @Option(
        help: ArgumentHelp("The folder of the pictures, if it is not the dataset's own.", valueName: "dir"),
        transform: URL.argument)
    var images: URL?

    var isGiven: Bool { contexts != nil || images != nil }

    /// A dataset with what lies apart from it.
    /// - Throws: `CorpusError`.
    func load(_ folder: URL, only: Set<Split>? = nil) throws -> Dataset {
        try Dataset.load(folder: folder, contexts: contexts, images: images, only: only)
    }
}
