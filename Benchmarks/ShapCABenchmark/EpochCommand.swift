import ArgumentParser
import Corpus
import Foundation
import Training

/// Seconds of an epoch of joint training, as `shapca train` trains, without its validation.
struct EpochCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "epoch")

    @Option(help: "The folder of JMERE.")
    var data: String

    @Option(help: "Its contexts.")
    var contexts: String

    @OptionGroup var kernelOptions: KernelOptions

    @Option(help: "Training posts, the first of the split.")
    var posts = Int.max

    @OptionGroup var measurement: Measurement

    func run() throws {
        var dataset = try Dataset.load(
            folder: URL(filePath: data), contexts: URL(filePath: contexts), only: [.train, .valid])
        dataset.splits[.train] = Array(dataset[.train].prefix(posts))
        dataset.splits[.valid] = Array(dataset[.valid].prefix(1))
        var configuration = TrainingConfiguration()
        configuration.task = .joint
        configuration.picture.encoder = "none"
        configuration.training.epochs = 1
        configuration.training.precision = kernelOptions.precision
        configuration.training.kernels = kernelOptions.kernels
        try measurement.run("epoch", kernelOptions.names) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "shapca-bench-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let session = try TrainingSession(
                configuration, dataset: dataset, contexts: nil, output: folder, device: .cpu, resuming: false,
                card: { _ in "" })
            var seconds = 0.0
            _ = try session.run(observe: { event in
                if case .epoch(let epoch, _) = event { seconds = epoch.trainingSeconds }
            })
            return ["epochSeconds": seconds]
        }
    }
}
