import Corpus
import Extraction
import Foundation
import Language
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
        try folder.makeFolder("encoder")
        try folder.makeFolder("encoder-tagger")
        try folder.write(Array(bertConfiguration.utf8), to: "encoder/config.json")
        try folder.write(Array(vocabulary.joined(separator: "\n").utf8), to: "encoder/vocab.txt")
        let encoder = try TextEncoderConfiguration(folder: folder["encoder"])
        Random.seed(5)
        try saveSafetensors(bertWeights(encoder), to: folder["encoder/model.safetensors"])
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

    /// Weights for a BERT of one layer, by the names that published ones have.
    private static func bertWeights(_ configuration: TextEncoderConfiguration) -> [String: Tensor] {
        let (width, inner) = (configuration.width, 8)
        func drawn(_ shape: Int...) -> Tensor { Tensor.randn(shape) }
        var weights = [
            "embeddings.word_embeddings.weight": drawn(configuration.vocabularySize, width),
            "embeddings.position_embeddings.weight": drawn(configuration.maximumPositions, width),
            "embeddings.token_type_embeddings.weight": drawn(2, width),
        ]
        let layer = "encoder.layer.0"
        let linears =
            ["query", "key", "value"].map { ("\(layer).attention.self.\($0)", width, width) } + [
                ("\(layer).attention.output.dense", width, width), ("\(layer).intermediate.dense", width, inner),
                ("\(layer).output.dense", inner, width),
            ]
        for (name, input, output) in linears {
            weights["\(name).weight"] = drawn(output, input)
            weights["\(name).bias"] = drawn(output)
        }
        for name in ["embeddings.LayerNorm", "\(layer).attention.output.LayerNorm", "\(layer).output.LayerNorm"] {
            weights["\(name).weight"] = drawn(width)
            weights["\(name).bias"] = drawn(width)
        }
        return weights
    }
}
