import Corpus
import Extraction
import Foundation
import TestSupport
import Torch

extension FuzzTarget {
    /// Whole model folders.
    static let modelTargets = [model]

    private static let modelFiles =
        ["config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json"] + taggerFiles.map { "tagger/\($0)" }

    private static let model = FuzzTarget(
        name: "model", about: "model folders, opened and asked about a post",
        seeds: { try [ExtractionTask.entities, .joint].map(modelBundle) },
        dictionary: jsonWords + [
            "\"hidden_size\"", "\"width\"", "\"heads\"", "\"entityTypes\"", "\"PER\"", "\"task\"", "\"joint\"",
            "\"none\"",
            "\"imageEncoder\"", "\"resnet18\"", "\"clip-vit-base-patch32\"", "\"maximumLength\"", "\"depth\"",
            "\"F32\"",
            "\"partsOfSpeech\"", "\"separate\"", "\"agreement\"", "\"both\"",
        ], mostRuns: slowRuns,
        attempt: { input, folder in
            try folder.makeFolder("tagger")
            try folder.write(FileBundle(input), names: modelFiles)
            let extractor = try Extractor(modelFolder: folder.url)
            let text = "Anna flew to Paris! é"
            let post = Post(id: "1", content: .text(text), context: "a b")
            for extraction in try extractor.extract([post]) {
                for entity in extraction.entities {
                    guard entity.start >= 0, entity.start < entity.end, entity.end <= text.unicodeScalars.count else {
                        throw Fault("an entity is outside its text")
                    }
                }
            }
        })

    /// A model of a few thousand weights, drawn at random, the same each time.
    private static func modelBundle(_ task: ExtractionTask) throws -> [UInt8] {
        let folder = try Scratch()
        let encoder = TinyBert(
            vocabulary: vocabulary, width: 8, intermediateWidth: 8, layerCount: 1, maximumPositions: 32)
        try encoder.write(to: folder["encoder"])
        try folder.makeFolder("encoder-tagger")
        Random.seed(5)
        for (name, content) in try taggerBundle().files { try folder.write(content, to: "encoder-tagger/\(name)") }
        let extractor = try Extractor.fresh(
            configuration: { text, partsOfSpeech in
                var fusion = FusionOptions()
                (fusion.width, fusion.heads) = (8, 2)
                var configuration = ModelConfiguration(
                    textEncoderName: "tiny", textEncoder: text, imageEncoder: nil, usesContext: true,
                    alignment: AlignmentOptions(), fusion: fusion, dropout: 0.1, maximumLength: 32,
                    labels: LabelSet(entityTypes: ["LOC", "PER"], relationTypes: ["peer"]), partsOfSpeech: partsOfSpeech
                )
                configuration.task = task
                return configuration
            }, textFolder: folder["encoder"], imageEncoder: nil, taggerFolder: folder["encoder-tagger"], device: .cpu)
        try extractor.saveFolder(
            folder.url, textFolder: folder["encoder"], taggerFolder: folder["encoder-tagger"], card: "")
        try extractor.saveWeights(to: folder.url)
        return FileBundle(
            modelFiles.compactMap { name in
                guard let data = try? Data(contentsOf: folder[name]) else { return nil }
                return (name, [UInt8](data))
            }
        ).bytes
    }
}
