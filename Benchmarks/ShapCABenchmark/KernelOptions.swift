import ArgumentParser
import Torch

/// The precision and the engines of matrix products in training.
struct KernelOptions: ParsableArguments {
    @Option(help: "auto, fp32 or bf16.")
    var precision = Precision.fp32

    @Option(help: "auto, mkl, onednn or onednn-bf16.")
    var kernels = KernelSetting.auto

    /// Both, as a result names them.
    var names: [String: String] { ["precision": precision.rawValue, "kernels": kernels.rawValue] }
}

extension Precision: ExpressibleByArgument {}
extension KernelSetting: ExpressibleByArgument {}
