import ArgumentParser
import Corpus
import Extraction
import Foundation
import Language
import Torch
import Training

/// Seconds a training step of the whole model over synthetic posts with contexts and without pictures.
struct TrainStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "train-step")

    @Option(help: "minilm, bert-base (random weights) or a Hugging Face folder.")
    var model = "minilm"

    @OptionGroup var kernelOptions: KernelOptions

    @Option(help: "The rank of adapters in all linear layers of the encoder; 0 to train its own weights.")
    var adapterRank = 0

    @Option(parsing: .upToNextOption, help: "The numbers of the only layers that have adapters.")
    var adapterLayers: [Int] = []

    @Option(help: "Posts a batch.")
    var batch = 28

    @Option(help: "Wordpieces a post, 24 of them its context's.")
    var length = 64

    @Option(help: "Where to run.")
    var device = "cpu"

    @OptionGroup var measurement: Measurement

    func run() throws {
        guard let device = Device(device) else { throw ValidationError("no device \(self.device)") }
        try device.require()
        Random.seed(1)
        let structure = try makeStructure()
        let model = ShapCA(structure, imageEncoder: nil)
        if self.model != "bert-base" { try model.textEncoder.load(folder: folder) }
        if adapterRank > 0 {
            let layers = LayerChoice(.all, numbers: adapterLayers.isEmpty ? nil : adapterLayers)
            try model.textEncoder.adapters.add(AdapterConfiguration(rank: adapterRank, alpha: 16, layers: layers))
        }
        model.move(to: device)
        var configuration = TrainingConfiguration()
        configuration.training.precision = kernelOptions.precision
        configuration.training.kernels = kernelOptions.kernels
        let kernels = try RunKernels(configuration, model: model)
        kernels.choice.use()
        configuration.training.precision = kernels.precision
        let step = TrainingStep(configuration, model: model, steps: 10_000)
        let posts = (0..<batch).map { _ in syntheticPost(structure) }
        var number = 0
        try measurement.run(
            "train-step", kernelOptions.names.merging(["model": self.model, "device": "\(device)"]) { $1 }
        ) {
            let batch = Batch(
                posts, seen: posts.map { _ in [] }, pictures: nil, paddingID: 0, alignment: .joint,
                device: device)
            let loss = try step(batch, number: number).loss
            number += 1
            device.synchronize()
            return ["loss": loss]
        }
    }

    private var folder: URL {
        get throws { try FetchedModels.resolve(model == "minilm" ? "minilm-l6-v2" : model) }
    }

    private func makeStructure() throws -> ModelConfiguration {
        let text = try model == "bert-base" ? .bertBase() : TextEncoderConfiguration(folder: folder)
        return ModelConfiguration(
            textEncoderName: model, textEncoder: text, imageEncoder: nil, usesContext: true,
            alignment: AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1, maximumLength: length,
            labels: LabelSet(entityTypes: ["PER", "LOC", "ORG", "MISC"]),
            partsOfSpeech: (0..<50).map { "tag\($0)" })
    }

    /// Random pieces: three of them to two words of text, as the peer has it.
    private func syntheticPost(_ structure: ModelConfiguration) -> EncodedPost {
        let textLength = length - 24
        let words = (textLength - 2) * 2 / 3
        let ids = (0..<length).map { _ in Int.random(in: 1000..<structure.textEncoder.vocabularySize) }
        return EncodedPost(
            sequence: TokenSequence(
                ids: ids, text: 1..<(textLength - 1), pair: textLength..<(length - 1), secondSegment: textLength),
            wordStarts: (0..<words).map { 1 + $0 * 3 / 2 },
            partsOfSpeech: (0..<words).map { _ in Int.random(in: 0...structure.partsOfSpeech.count) },
            target: EncodedPost.Target(tags: (0..<words).map { _ in Int.random(in: 0..<structure.labels.tags.count) }))
    }
}
