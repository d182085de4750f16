import Corpus
import Extraction
import Foundation
import TestSupport
import Torch
import Vision

/// Extractors over MiniLM with everything else drawn at random, the same each time; they find entities all the same.
enum SampleModel {
    static let labels = LabelSet(entityTypes: ["LOC", "MISC", "ORG", "PER"], relationTypes: ["peer", "visits"])

    static func extractor(
        task: ExtractionTask = .entities, pictures: Bool = true, usesContext: Bool = true, maximumLength: Int = 128,
        precision: DType? = nil, configure: (inout ModelConfiguration) -> Void = { _ in }
    ) throws -> Extractor {
        Random.seed(17)
        let extractor = try Extractor.fresh(
            configuration: { text, partsOfSpeech in
                var configuration = ModelConfiguration(
                    textEncoderName: "minilm-l6-v2", textEncoder: text,
                    imageEncoder: pictures ? .named(.efficientNetLite0) : nil, usesContext: usesContext,
                    alignment: Extraction.AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1,
                    maximumLength: maximumLength, labels: labels, partsOfSpeech: partsOfSpeech)
                configuration.task = task
                configure(&configuration)
                return configuration
            }, textFolder: ModelCache.miniLM, imageEncoder: pictures ? makeImageEncoder("efficientnet-lite0") : nil,
            taggerFolder: ModelCache.tagger, device: .cpu, precision: precision)
        // Fresh emissions hardly differ between words; these do.
        if let tagger = extractor.model.head as? EntityTagger {
            let output = tagger.classifier.output.weight
            withoutGradients { output.copy(from: output * 20) }
        }
        return extractor
    }

    /// Ordinary posts of every kind, without pictures.
    static let posts = [
        Post(id: "words", content: .tokens(["Rocky", "barks", "at", "Paris", "Hilton", "in", "Berlin", "."])),
        Post(id: "context", content: .text("RT @nasa: lift-off from Cape Canaveral!"), context: "a rocket on a pad"),
        Post(id: "emoji", content: .text("👩‍👩‍👧‍👦 New York 🇩🇪🎉 love❤️it, José & Zoë"), context: "a family in a street"),
        Post(id: "right to left", content: .text("محمد صلاح في ليفربول \u{200F}2-1 שלום ירושלים")),
        Post(id: "decomposed", content: .text("Cafe\u{301} de Flore, A\u{30A}ngstro\u{308}m 北京大学 とうきょう")),
        Post(id: "one", content: .text("Obama")),
        Post(id: "long", content: .text(String(repeating: "Tim Cook of Apple met Angela Merkel . ", count: 12))),
        Post(id: "empty", content: .text("")),
        Post(id: "blank", content: .text(" \n\t \u{3000}")),
        Post(id: "no words", content: .tokens([]), context: "a wall"),
        Post(
            id: "odd words",
            content: .tokens(["", "\u{200B}", "\u{0}", "Rome", "\u{FFFD}", String(repeating: "x", count: 300)])),
    ]

    /// A photograph that can be decoded.
    static let photograph = DataFolder.checkout.appending(path: "Tests/VisionTests/Fixtures/cat.jpg")
}
