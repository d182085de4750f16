import ArgumentParser
import Extraction
import Torch

/// Seconds of the matrix products alone that a BERT-base training step of 28 x 64 wordpieces takes, in 32-bit floats: a
/// bound for the ratio of whole steps.
struct LinearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "linear")

    @Option(help: "auto, mkl or onednn.")
    var kernels = KernelSetting.auto

    @OptionGroup var measurement: Measurement

    func run() throws {
        Random.seed(1)
        let (rows, width, layers) = (28 * 64, 768, 12)
        let (narrow, wide) = (Tensor.randn([rows, width]), Tensor.randn([rows, 4 * width]))
        for input in [narrow, wide] { input.requiringGradient() }
        // Four times in an attention, and the two of a feed-forward layer.
        let products = [
            (narrow, Linear(width, width), 4), (narrow, Linear(width, 4 * width), 1),
            (wide, Linear(4 * width, width), 1),
        ]
        let work = KernelWork(
            Dictionary(uniqueKeysWithValues: products.map { ($0.1.shape, $0.2) }), rows: rows, training: true)
        try Kernels(cache: KernelCache(FetchedModels.kernels))
            .choice(kernels, for: work, measuringWithin: .seconds(5)).use()
        let flops = 6.0 * Double(rows * layers) * products.reduce(0) { $0 + Double($1.1.weight.count * $1.2) }
        try measurement.run("linear") {
            try withTorchErrors {
                for _ in 0..<layers {
                    for (input, linear, count) in products {
                        for _ in 0..<count { linear(input).sum().backward() }
                    }
                }
            }
            return ["floatingPointOperations": flops]
        }
    }
}
