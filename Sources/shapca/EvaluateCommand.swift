import ArgumentParser
import Corpus
import Evaluation
import Extraction
import Foundation

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on annotated posts.",
        discussion: """
            Prints precision, recall and F1 over exact spans and types, overall and for each type, in percent; with --json \
            the same as fractions. The number of gold entities and the dataset's fingerprint stand beside the score.
            """)

    @Option(help: ArgumentHelp("The model folder.", valueName: "dir"), transform: URL.argument)
    var model: URL

    @Option(help: ArgumentHelp("The dataset's folder.", valueName: "dir"), transform: URL.argument)
    var data: URL

    @Option(help: "The split to measure on.")
    var split = Split.test

    @Option(
        help: ArgumentHelp("Contexts by picture, JSON lines {\"image\", \"context\"}.", valueName: "file"),
        transform: URL.argument)
    var contexts: URL?

    @Option(help: ArgumentHelp("Read one entity type as another, as in OTHER=MISC.", valueName: "from=to"))
    var rename: [String] = []

    @Flag(help: "Print JSON, with scores as fractions.")
    var json = false

    @OptionGroup var inference: InferenceOptions

    func run() throws {
        let names = try rename.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--rename is \"\(pair)\"; write it as OTHER=MISC") }
            return (parts[0], parts[1])
        }
        let dataset = try Dataset.load(folder: data, contexts: contexts, only: [split])
            .renamingTypes(Dictionary(names) { $1 })
        let posts = try dataset.posts(of: split)
        let extractor = try inference.open(model)
        let extractions = try extractor.extract(posts, batchSize: inference.batchSize) { dataset.imageURL(of: $0) }
        let report = EvaluationReport(
            scores: Scores(gold: posts.map(\.entities), predicted: extractions.map { $0.entities.map(\.entity) }),
            posts: posts, extractions: extractions, split: split, dataset: dataset,
            configuration: extractor.model.configuration)
        if json { try Console.print(json: report) } else { try Console.print(report.description) }
    }
}

extension Extractor.Found {
    /// The entity without its score.
    var entity: Entity { Entity(start: start, end: end, type: type) }
}

/// What `shapca evaluate` prints.
struct EvaluationReport: Encodable, CustomStringConvertible {
    struct Fractions: Encodable {
        let precision: Double
        let recall: Double
        let f1: Double
        let gold: Int
        let predicted: Int
        let correct: Int
    }

    let overall: Fractions
    let perType: [String: Fractions]
    let gold: Int
    let dataset: String
    let fingerprint: String
    let publishedAs: String?
    let split: String
    let posts: Int
    let encoder: String
    let imageEncoder: String?
    /// How many posts' pictures were used, missing, unreadable or none.
    let pictures: [String: Int]
    let contexts: Int
    let truncated: Int
    private let table: String

    private enum CodingKeys: CodingKey {
        case overall, perType, gold, dataset, fingerprint, publishedAs, split, posts, encoder, imageEncoder, pictures,
            contexts, truncated
    }

    init(
        scores: Scores, posts: [Post], extractions: [Extractor.Extraction], split: Split, dataset: Dataset,
        configuration: ModelConfiguration
    ) {
        overall = Fractions(scores.overall)
        perType = scores.perType.mapValues(Fractions.init)
        gold = scores.overall.gold
        self.dataset = dataset.name
        let fingerprint = Fingerprint(posts: posts)
        self.fingerprint = fingerprint.hexadecimal
        publishedAs = KnownDataset.identify(fingerprint).map { "\($0)" }
        self.split = "\(split)"
        self.posts = posts.count
        encoder = configuration.textEncoderName
        imageEncoder = configuration.imageEncoder
        pictures = extractions.reduce(into: [:]) { $0[$1.imageStatus.rawValue, default: 0] += 1 }
        contexts = configuration.usesContext ? posts.count { $0.context != nil } : 0
        truncated = extractions.count(where: \.truncated)
        table = scores.description
    }

    var description: String {
        let source = publishedAs ?? "fingerprint \(fingerprint.prefix(12))"
        let seen = imageEncoder.map { ", \(pictures["used", default: 0]) pictures with \($0)" } ?? ", no pictures"
        let cut = truncated > 0 ? "\n\(truncated) posts were longer than the model reads and were cut" : ""
        return """
            \(table)

            \(dataset), \(split) split (\(source)): \(posts) posts, \(gold) gold entities; \
            \(encoder), \(contexts) contexts\(seen); one seed\(cut)
            """
    }
}

extension EvaluationReport.Fractions {
    init(_ score: Score) {
        self.init(
            precision: score.precision, recall: score.recall, f1: score.f1, gold: score.gold,
            predicted: score.predicted, correct: score.correct)
    }
}

extension Split: ExpressibleByArgument {}
