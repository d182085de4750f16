import Corpus
import Evaluation
import Extraction
import Foundation
import Language
import TestSupport
import Testing
import Torch
import Training
import TrainingTestSupport
import Vision

/// Encoders other than BERT, with tokenizers of their own, from a Hugging Face folder to a reloaded model.
@Suite("Encoder families")
struct EncoderFamilyTests {
    /// A family with the number of rows in its table of tokens and the positions that it knows.
    struct Family: CustomTestStringConvertible, Sendable {
        /// The case of the encoders' oracle.
        let encoder: String
        /// The folder among the tokenizers' fixtures.
        let tokenizer: String
        let vocabularySize: Int
        let positions: Int

        var testDescription: String { encoder }
    }

    static let families = [
        Family(encoder: "roberta", tokenizer: "roberta", vocabularySize: 900, positions: 16),
        Family(encoder: "xlm-roberta", tokenizer: "xlm-roberta", vocabularySize: 466, positions: 16),
        Family(encoder: "mpnet", tokenizer: "mpnet", vocabularySize: 900, positions: 48),
        Family(encoder: "modernbert", tokenizer: "modernbert", vocabularySize: 900, positions: 32),
        Family(encoder: "deberta", tokenizer: "deberta", vocabularySize: 466, positions: 40),
    ]

    static let fixtures = DataFolder.checkout.appending(path: "Tests/LanguageTests/Fixtures")

    /// Writes an encoder of deterministic weights for a tokenizer's vocabulary.
    static func write(_ family: Family, to folder: URL) throws {
        let oracle = try Data(contentsOf: Self.fixtures.appending(path: "text-encoders.json"))
        let cases = try #require(JSONSerialization.jsonObject(with: oracle) as? [String: Any])["cases"]
        let encoder = try #require((cases as? [String: [String: Any]])?[family.encoder])
        var configuration = try #require(encoder["config"] as? [String: Any])
        configuration["vocab_size"] = family.vocabularySize
        var shapes = try #require(encoder["weights"] as? [String: [Int]])
        let table = try #require(
            shapes.keys.first { $0.hasSuffix("word_embeddings.weight") || $0.hasSuffix("tok_embeddings.weight") })
        shapes[table]?[0] = family.vocabularySize
        let weights = shapes.map { name, shape in
            (name, Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape))
        }
        try FileManager.default.removeItem(at: folder)
        try FileManager.default.copyItem(
            at: Self.fixtures.appending(path: "subword/\(family.tokenizer)"), to: folder)
        try JSONSerialization.data(withJSONObject: configuration).write(to: folder.appending(path: "config.json"))
        try saveSafetensors(
            Dictionary(uniqueKeysWithValues: weights), to: folder.appending(path: "model.safetensors"))
    }

    private func run(_ family: Family, relations: Bool = false) throws -> TinyRun {
        let run = try TinyRun(relations: relations)
        try Self.write(family, to: run.scratch["encoder"])
        run.configuration.text.maximumLength = family.positions
        run.configuration.training.epochs = 4
        return run
    }

    @Test(
        "An encoder trains with its own tokenizer, and the reloaded model has the score of the trained one",
        arguments: families)
    func training(family: Family) throws {
        let run = try run(family)
        var losses: [Double] = []
        let outcome = try run.train { event in
            if case .epoch(let epoch, _) = event { losses.append(epoch.loss) }
        }
        #expect(try #require(losses.last) < 0.7 * losses[0])
        let posts = run.dataset[.valid]
        let found = try Extractor(modelFolder: run.scratch["run/model"]).extract(posts).map {
            $0.entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) }
        }
        #expect(Scores(gold: posts.map(\.entities), predicted: found).overall.f1 == outcome.best.f1)
    }

    @Test(
        "An image encoder from a folder trains, frozen or not, and the reloaded model predicts as the trained one",
        arguments: [true, false])
    func pictures(frozen: Bool) throws {
        let run = try TinyRun(pictures: true)
        let folder = run.scratch["image-encoder"]
        try ImageEncoderFolder.write("vit-classifier", to: folder)
        run.configuration.picture.encoder = folder.path
        run.configuration.picture.frozen = frozen
        run.configuration.training.epochs = 2
        let session = try run.session()
        let outcome = try run.train(session)
        let model = try Extractor(modelFolder: run.scratch["run/model"])
        let encoder = try #require(model.configuration.imageEncoder)
        #expect(encoder.name == "image-encoder")
        // The model needs nothing of the folder.
        try FileManager.default.removeItem(at: folder)
        let again = try Extractor(modelFolder: run.scratch["run/model"])
        let posts = run.dataset[.valid]
        let found = try again.extract(posts)
        #expect(found.allSatisfy { $0.imageStatus == .used })
        #expect(try found == model.extract(posts))
        let entities = found.map { $0.entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) } }
        #expect(Scores(gold: posts.map(\.entities), predicted: entities).overall.f1 == outcome.best.f1)
    }

    @Test("A folder's weights are its own, and what is neither a name nor a folder is refused")
    func pictureEncoders() throws {
        let run = try TinyRun(pictures: true)
        let folder = run.scratch["image-encoder"]
        try ImageEncoderFolder.write("dinov2-gated", to: folder)
        run.configuration.picture.encoder = folder.path
        run.configuration.picture.weights = folder.path
        let error = #expect(throws: ConfigurationError.self) { try run.session() }
        #expect(error?.description.contains("leave out picture.weights") == true)
        run.configuration.picture.weights = ""
        run.configuration.picture.encoder = "efficientnet-lite1"
        let unknown = #expect(throws: ImageEncoderError.self) { try run.session() }
        #expect(unknown?.description.contains("did you mean \"efficientnet-lite0\"?") == true)
    }

    @Test("Entity markers are new tokens where a vocabulary keeps none, and are saved with the model")
    func markers() throws {
        let family = Self.families[2]
        let run = try run(family, relations: true)
        run.configuration.task = .relations
        run.configuration.mre.markers = true
        run.configuration.context.enabled = false
        try run.train()
        let model = try Extractor(modelFolder: run.scratch["run/model"])
        #expect(model.configuration.textEncoder.vocabularySize == family.vocabularySize + 4)
        let posts = run.dataset[.test]
        let related = posts.map { $0.entities.count == 2 ? 1 : 0 }
        #expect(try model.extract(posts).map(\.relations.count) == related)
    }

    @Test("Beside adapters, entity markers learn vectors of their own, and no other token does")
    func markersAndAdapters() throws {
        let run = try run(Self.families[2], relations: true)
        (run.configuration.adapter.rank, run.configuration.task) = (2, .relations)
        run.configuration.mre.markers = true
        (run.configuration.context.enabled, run.configuration.alignment.method) = (false, .none)
        run.configuration.training.epochs = 2
        try run.train("whole")
        #expect(throws: RunError.self) { try run.train("stopped", stopAfter: 8) }
        try run.train("stopped", resuming: true)
        #expect(try run.checkpoint(of: "stopped") == run.checkpoint(of: "whole"))

        let trained = try Extractor(modelFolder: run.scratch["whole/model"]).model.textEncoder
        let own = try loadTextEncoder(folder: run.scratch["encoder"])
        let tables = try [trained, own].map { encoder in
            try #require(encoder.parameters().first { $0.path == "embeddings.words.weight" }).tensor.floats()
        }
        #expect(tables[0].count == tables[1].count + 4 * own.width)
        #expect(Array(tables[0].prefix(tables[1].count)) == tables[1])
        let rows = try loadWeights(at: run.scratch["whole/model/heads.safetensors"])
        let learnt = try #require(rows["textEncoder.embeddings.words.trained.vectors"]).floats()
        #expect(Array(tables[0].suffix(learnt.count)) == learnt)
    }
}
