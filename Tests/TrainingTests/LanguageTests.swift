import Corpus
import Evaluation
import Extraction
import Foundation
import Support
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// Toy sets of raw texts in languages other than English, with a multilingual encoder of random weights.
@Suite struct LanguageTests {
    struct Language: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Texts with the types of entities in the places of their names.
        let sentences: [String]
        let names: [String: [String]]
    }

    private static let languages = [
        Language(
            testDescription: "Chinese", sentences: ["我们明天去LOC。", "PER今天在LOC上。", "PER怎么样?", "你好,我们去LOC大学。"],
            names: ["LOC": ["北京", "桌子", "世京"], "PER": ["世界", "界子", "么书"]]),
        Language(
            testDescription: "Arabic",
            sentences: ["كيف حالك اليوم في LOC؟", "PER على LOC.", "حالك يا PER، كيف؟", "على LOC اليوم"],
            names: ["LOC": ["الكتاب", "الطاولة"], "PER": ["مرحبا", "بالعالم"]]),
    ]

    /// Posts, one JSON object a line, with offsets in Unicode scalars.
    private static func lines(_ count: Int, of language: Language, seed: UInt64) throws -> String {
        var generator = SplitMix64(seed: seed)
        return try (0..<count).map { number in
            var (text, entities) = ("", [[String: Any]]())
            var rest = language.sentences[number % language.sentences.count][...]
            while let place = language.names.keys.compactMap({ rest.range(of: $0) }).min(by: {
                $0.lowerBound < $1.lowerBound
            }) {
                let type = String(rest[place])
                let names = language.names[type] ?? []
                text += rest[..<place.lowerBound]
                let start = text.unicodeScalars.count
                text += names[generator.index(below: names.count)]
                entities.append(["start": start, "end": text.unicodeScalars.count, "type": type])
                rest = rest[place.upperBound...]
            }
            let post: [String: Any] = ["id": "\(number)", "text": text + rest, "entities": entities]
            return String(decoding: try JSONSerialization.data(withJSONObject: post), as: UTF8.self)
        }.joined(separator: "\n")
    }

    @Test("A model without a tagger learns, and its entities stand where they should", arguments: languages)
    func training(language: Language) throws {
        let run = try TinyRun()
        try EncoderFamilyTests.write(EncoderFamilyTests.families[1], to: run.scratch["encoder"])
        for (seed, (split, count)) in [("train", 64), ("valid", 16), ("test", 24)].enumerated() {
            try run.scratch.write(
                Self.lines(count, of: language, seed: UInt64(seed)), to: "corpus/\(split).jsonl")
        }
        run.dataset = try Dataset.load(folder: run.scratch["corpus"])
        run.configuration.text.tags = .none
        run.configuration.text.maximumLength = 16
        run.configuration.training.epochs = 40
        run.configuration.training.patience = 40
        try run.train()

        let folder = run.scratch["run/model"]
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "tagger").path))
        let extractor = try Extractor(modelFolder: folder)
        let posts = run.dataset[.test]
        let found = try extractor.extract(posts)
        for (post, extraction) in zip(posts, found) {
            guard case .text(let text) = post.content else { continue }
            let scalars = Array(text.unicodeScalars)
            for entity in extraction.entities {
                var spanned = String.UnicodeScalarView()
                spanned.append(contentsOf: scalars[entity.start..<entity.end])
                #expect(String(spanned) == entity.text)
            }
        }
        let scores = Scores(gold: posts.map(\.entities), predicted: found.map(\.annotation.entities))
        #expect(scores.overall.f1 > 0.8, "\(scores)")
    }
}
