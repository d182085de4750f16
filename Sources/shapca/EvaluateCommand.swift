import ArgumentParser
import Corpus
import Evaluation
import Extraction
import Foundation
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on annotated posts.",
        discussion: """
            Prints precision, recall and F1, overall and for each type, in percent; with --json the same as fractions. \
            Entities count by exact span and type; relations of given entities without None; entities and relations \
            together strictly (spans, types, direction and relation), by unordered pairs as EEGA does, and by boundaries \
            only. The number of gold items and the dataset's fingerprint stand beside the score.
            """)

    @Option(help: ArgumentHelp("The model folder.", valueName: "dir"), transform: URL.argument)
    var model: URL

    @Option(help: ArgumentHelp("The dataset's folder.", valueName: "dir"), transform: URL.argument)
    var data: URL

    @Option(help: "The split to measure on.")
    var split = Split.test

    @OptionGroup var companions: DatasetOptions

    @Option(
        help: ArgumentHelp(
            "Read one entity type as another, in the data and in what the model finds, as in OTHER=MISC.",
            valueName: "from=to"))
    var rename: [String] = []

    @Flag(help: "Print JSON, with scores as fractions.")
    var json = false

    @OptionGroup var inference: InferenceOptions

    func run() throws {
        let renames = try rename.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--rename is \"\(pair)\"; write it as OTHER=MISC") }
            return (parts[0], parts[1])
        }
        let names = Dictionary(renames) { $1 }
        let original = try companions.load(data, only: [split])
        let dataset = original.renamingTypes(names)
        for note in dataset.findings.notes { Console.note(note) }
        let posts = try dataset.posts(of: split)
        let extractor = try inference.open(model)
        let types = extractor.model.configuration.labels.entityTypes + original.labels(of: split).entityTypes
        for name in names.keys.sorted() where !types.contains(name) {
            Console.note("--rename \(name)=\(names[name] ?? ""): neither the data nor the model has a type \(name)")
        }
        let extractions = try extractor.extract(posts, batchSize: inference.batchSize) { dataset.imageURL(of: $0) }
        let report = EvaluationReport(
            scores: TaskScores(
                extractor.model.configuration.task,
                gold: posts.map { Annotation(entities: $0.entities, relations: $0.relations) },
                predicted: extractions.map { $0.annotation.renaming(names) }),
            posts: posts, extractions: extractions, split: split, dataset: dataset.name,
            fingerprint: Fingerprint(posts: try original.posts(of: split)), renamed: names,
            configuration: extractor.model.configuration)
        if json { try Console.print(json: report) } else { try Console.print(report.description) }
    }
}

/// What `shapca evaluate` prints.
struct EvaluationReport: Encodable, CustomStringConvertible {
    let overall: Score
    let perType: [String: Score]
    /// The same by each protocol of the task, `overall` among them.
    let protocols: [Measure: Score]
    let task: String
    let gold: Int
    let dataset: String
    /// Of the split as it is on disk.
    let fingerprint: String
    /// Entity types that were read as others.
    let renamed: [String: String]
    let publishedAs: String?
    let split: String
    let posts: Int
    let encoder: String
    let imageEncoder: String?
    /// How many posts' pictures were used, missing, unreadable or none.
    let pictures: [String: Int]
    let contexts: Int
    let truncated: Int
    let truncatedContexts: Int
    private let tables: String
    private let goldNoun: String

    private enum CodingKeys: CodingKey {
        case overall, perType, protocols, task, gold, dataset, fingerprint, renamed, publishedAs, split, posts,
            encoder, imageEncoder, pictures, contexts, truncated, truncatedContexts
    }

    init(
        scores: TaskScores, posts: [Post], extractions: [Extractor.Extraction], split: Split, dataset: String,
        fingerprint: Fingerprint, renamed: [String: String], configuration: ModelConfiguration
    ) {
        overall = scores.main.overall
        perType = scores.main.perType
        protocols = Dictionary(uniqueKeysWithValues: scores.all.map { ($0.measure, $0.scores.overall) })
        task = configuration.task.rawValue
        gold = scores.main.overall.gold
        goldNoun = configuration.task == .entities ? "entities" : "relations"
        self.dataset = dataset
        self.renamed = renamed
        self.fingerprint = fingerprint.hexadecimal
        publishedAs = KnownDataset.identify(fingerprint).map { "\($0)" }
        self.split = "\(split)"
        self.posts = posts.count
        encoder = configuration.textEncoderName
        imageEncoder = configuration.imageEncoder
        pictures = extractions.reduce(into: [:]) { $0[$1.imageStatus.rawValue, default: 0] += 1 }
        contexts = configuration.usesContext ? posts.count { $0.context != nil } : 0
        truncated = extractions.count(where: \.truncated)
        truncatedContexts = extractions.count(where: \.contextTruncated)
        tables = scores.all.map { named in
            scores.all.count > 1 ? "\(named.measure.rawValue)\n\(named.scores)" : "\(named.scores)"
        }.joined(separator: "\n\n")
    }

    var description: String {
        let source = publishedAs ?? "fingerprint \(fingerprint.prefix(12))"
        let seen = imageEncoder.map { ", \(pictures["used", default: 0]) pictures with \($0)" } ?? ", no pictures"
        let cut = [(truncated, "posts"), (truncatedContexts, "contexts")].map { count, what in
            count > 0 ? "\n\(count) \(what) were longer than the model reads and were cut" : ""
        }.joined()
        let names = renamed.sorted { $0.key < $1.key }.map { "; \($0) read as \($1)" }.joined()
        return """
            \(tables)

            \(dataset), \(split) split (\(source)): \(posts) posts, \(gold) gold \(goldNoun); \
            \(encoder), \(contexts) contexts\(seen); one seed\(names)\(cut)
            """
    }
}

extension Split: ExpressibleByArgument {}
