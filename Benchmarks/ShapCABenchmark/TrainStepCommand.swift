import ArgumentParser
import Corpus
import Extraction
import Foundation
import Language
import Torch

/// Seconds a training step of the whole model over synthetic posts with contexts and without pictures.
struct TrainStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "train-step")

    @Option(help: "minilm, bert-base (random weights) or a Hugging Face folder.")
    var model = "minilm"

    @Option(help: "fp32 or bf16.")
    var precision = "fp32"

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
        let configuration = try makeConfiguration()
        let model = ShapCA(configuration, imageEncoder: nil)
        if self.model != "bert-base" { try model.textEncoder.load(folder: folder) }
        model.move(to: device)
        let encoder = model.parameters().filter { $0.path.hasPrefix("textEncoder.") }
        let others = model.parameters().filter { !$0.path.hasPrefix("textEncoder.") }
        let optimizer = AdamW([.init(encoder, learningRate: 5e-5), .init(others, learningRate: 1e-4)])
        let posts = (0..<batch).map { _ in syntheticPost(configuration) }
        var seed: UInt64 = 0
        try measurement.run("train-step", ["model": self.model, "precision": precision, "device": "\(device)"]) {
            seed += 1
            let batch = Batch(posts, device: device)
            let losses = try model.losses(batch, precision: precision == "bf16" ? .bfloat16 : nil, seed: seed)
            try withTorchErrors { losses.total.backward() }
            let norm = try optimizer.gradientNorm()
            try optimizer.step(gradientDivisor: AdamW.clippingDivisor(maximumNorm: 1, norm: norm))
            device.synchronize()
            return ["loss": losses.total.item()]
        }
    }

    private var folder: URL {
        get throws { try EmbeddedAssets.resolve(model == "minilm" ? "minilm-l6-v2" : model) }
    }

    private func makeConfiguration() throws -> ModelConfiguration {
        let bertBase = """
            {"vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
             "intermediate_size": 3072}
            """
        let text =
            model == "bert-base"
            ? try JSONDecoder().decode(BertConfiguration.self, from: Data(bertBase.utf8))
            : try BertConfiguration(contentsOf: folder.appending(path: "config.json"))
        return ModelConfiguration(
            textEncoderName: model, textEncoder: text, imageEncoder: nil, usesContext: true,
            alignment: AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1, maximumLength: length,
            labels: LabelSet(entityTypes: ["PER", "LOC", "ORG", "MISC"]),
            partsOfSpeech: (0..<50).map { "tag\($0)" })
    }

    /// Random pieces: three of them to two words of text, as the peer has it.
    private func syntheticPost(_ configuration: ModelConfiguration) -> EncodedPost {
        let textLength = length - 24
        let words = (textLength - 2) * 2 / 3
        return EncodedPost(
            tokenIDs: (0..<length).map { _ in Int.random(in: 1000..<configuration.textEncoder.vocabularySize) },
            text: 1..<(textLength - 1), wordStarts: (0..<words).map { 1 + $0 * 3 / 2 },
            context: textLength..<(length - 1),
            partsOfSpeech: (0..<words).map { _ in Int.random(in: 0...configuration.partsOfSpeech.count) },
            tags: (0..<words).map { _ in Int.random(in: 0..<configuration.labels.tags.count) }, droppedWords: 0)
    }
}

extension Batch {
    /// Posts without pictures.
    fileprivate init(_ posts: [EncodedPost], device: Device) {
        self.init(
            posts, hasPicture: posts.map { _ in false }, pictures: nil, encoding: .joint, device: device)
    }
}
