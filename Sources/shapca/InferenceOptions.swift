import ArgumentParser
import Extraction
import Foundation
import Torch
import Training

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
        return try ModelFolder.load(model, device: try device.prepare(), precision: precision.autocast)
    }
}

extension Precision: ExpressibleByArgument {}
