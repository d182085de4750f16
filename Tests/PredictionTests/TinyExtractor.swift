import Corpus
import Extraction
import Foundation
import TestSupport
import Torch

/// An extractor over a tiny encoder, with everything else drawn at random, the same each time.
enum TinyExtractor {
    static let labels = LabelSet(entityTypes: ["LOC", "ORG", "PER"], relationTypes: ["member_of", "visits"])

    static func make(_ task: ExtractionTask = .entities, overlong: Overlong = .windows) throws -> Extractor {
        let scratch = try TemporaryFolder()
        try TinyBert.write(to: scratch["encoder"])
        Random.seed(5)
        let extractor = try Extractor.fresh(
            configuration: { text, partsOfSpeech in
                var fusion = FusionOptions()
                (fusion.width, fusion.heads) = (16, 2)
                var configuration = ModelConfiguration(
                    textEncoderName: "tiny", textEncoder: text, imageEncoder: nil, usesContext: true,
                    alignment: Extraction.AlignmentOptions(), fusion: fusion, dropout: 0.1,
                    maximumLength: TinyBert.maximumPositions, labels: labels, partsOfSpeech: partsOfSpeech)
                (configuration.task, configuration.overlong) = (task, overlong)
                return configuration
            }, textFolder: scratch["encoder"], imageEncoder: nil, taggerFolder: ModelCache.tagger, device: .cpu)
        // Fresh emissions hardly differ between words; these do.
        if let tagger = extractor.model.head as? EntityTagger {
            let output = tagger.classifier.output.weight
            withoutGradients { output.copy(from: output * 20) }
        }
        return extractor
    }

    /// Posts of the tiny corpus.
    static func posts(_ count: Int) throws -> [Post] {
        let decoder = JSONDecoder()
        return try TinyCorpus.lines(count, seed: 3).map { try decoder.decode(Post.self, from: Data($0.utf8)) }
    }
}
