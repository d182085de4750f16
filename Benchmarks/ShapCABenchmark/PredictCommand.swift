import ArgumentParser
import Corpus
import Extraction
import Foundation
import Torch

/// Posts a second and the latency of one post, with a trained model folder.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "predict")

    @Option(help: "A model folder; a fresh model over MiniLM when not given.")
    var model: String?

    @Option(help: "JSON lines of posts.")
    var input: String

    @Option(help: "auto, fp32, bf16 or int8.")
    var precision = PredictionPrecision.fp32

    @Option(help: "auto, mkl, onednn or onednn-bf16.")
    var kernels = KernelSetting.auto

    @Option(help: "Posts a batch.")
    var batch = 32

    @OptionGroup var measurement: Measurement

    func run() throws {
        Engine.threadCount = measurement.threads
        var extractor = try model.map { try Extractor(modelFolder: URL(filePath: $0)) } ?? freshExtractor()
        try extractor.chooseKernels(kernels, precision: precision, batchSize: batch, measuring: true)
        let posts = try JSONLinesReader(URL(filePath: input)).posts()
        let clock = ContinuousClock()
        try measurement.run(
            "predict", ["precision": precision.rawValue, "kernels": kernels.rawValue]
        ) { [extractor] in
            let start = clock.now
            let found = try extractor.extract(posts, batchSize: batch).reduce(0) { $0 + $1.entities.count }
            let seconds = (clock.now - start) / .seconds(1)
            let latencies = try posts.prefix(50).map { post in
                let start = clock.now
                _ = try extractor.extract([post])
                return (clock.now - start) / .seconds(1)
            }
            return [
                "postsPerSecond": Double(posts.count) / seconds, "entities": Double(found),
                "medianLatencySeconds": latencies.sorted()[latencies.count / 2],
            ]
        }
    }

    private func freshExtractor() throws -> Extractor {
        try Extractor.fresh(
            configuration: { text, partsOfSpeech in
                ModelConfiguration(
                    textEncoderName: "minilm-l6-v2", textEncoder: text, imageEncoder: nil, usesContext: true,
                    alignment: AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1, maximumLength: 192,
                    labels: LabelSet(entityTypes: ["PER", "LOC", "ORG", "MISC"]), partsOfSpeech: partsOfSpeech)
            }, textFolder: try FetchedModels.resolve("minilm-l6-v2"), imageEncoder: nil,
            taggerFolder: FetchedModels.tagger, device: .cpu)
    }
}

extension PredictionPrecision: ExpressibleByArgument {}
