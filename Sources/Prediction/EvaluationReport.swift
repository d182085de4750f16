import Corpus
import Evaluation
import Extraction

/// The report of `shapca evaluate`: the scores of a model on a split, with all that a reader of a score needs.
public struct EvaluationReport: Encodable, CustomStringConvertible, Sendable {
    /// By the protocol that models are chosen by.
    public let overall: Score
    public let perType: [String: Score]
    /// The same by each protocol of the task, `overall` among them.
    public let protocols: [Measure: Score]
    public let task: ExtractionTask
    /// The number of annotated items.
    public let gold: Int
    /// The gold entities that do not begin and end with words; no answer can equal them, and they count as missed.
    public let unfindable: Int
    public let dataset: String
    /// The scores of each dataset that the posts come from; nil for one.
    public let datasets: [String: Scores]?
    /// Of the split as it is on disk.
    public let fingerprint: String
    /// Entity types that were read as others.
    public let renamed: [String: String]
    public let publishedAs: String?
    public let split: String
    public let posts: Int
    public let encoder: String
    public let imageEncoder: String?
    /// The number of pictures that were used, missing, unreadable or omitted; `none` counts posts without.
    public let pictures: [String: Int]
    public let contexts: Int
    public let truncated: Int
    public let truncatedContexts: Int
    /// The score below which entities were left out; nil where none were.
    public let threshold: Double?
    /// The number of entities that were left out.
    public let belowThreshold: Int?
    /// The calibration of the scores of all entities that were found; nil where they were given.
    public let calibration: Calibration?
    /// What a threshold on these scores would keep; nil where entities were given.
    public let coverage: PrecisionCoverage?
    /// The temperature that the scores were calibrated with; nil where none was fitted.
    public let temperature: Double?
    private let tables: String

    private enum CodingKeys: CodingKey {
        case overall, perType, protocols, task, gold, unfindable, dataset, fingerprint, renamed, publishedAs, split,
            posts, encoder, imageEncoder, datasets, pictures, contexts, truncated, truncatedContexts, threshold,
            belowThreshold, calibration, coverage, temperature
    }

    /// Evaluates a model on a split.
    /// - Parameters:
    ///   - names: entity types that are read as others, in the posts and in what is found.
    ///   - threshold: the score below which entities are left out; nil to keep all.
    /// - Throws: `CorpusError` where the dataset does not have the split, `TorchError`.
    public init(
        _ extractor: Extractor, on split: Split, of dataset: Dataset, renaming names: [String: String] = [:],
        threshold: Double? = nil, batchSize: Int = 32
    ) throws {
        let posts = try dataset.posts(of: split)
        let (extractions, scored) = try extractor.evaluate(
            posts, renaming: names, threshold: threshold ?? 0, batchSize: batchSize)
        let scores = scored.scores
        let fingerprint = Fingerprint(posts: posts)
        let configuration = extractor.configuration
        overall = scores.main.overall
        perType = scores.main.perType
        protocols = Dictionary(uniqueKeysWithValues: scores.all.map { ($0.measure, $0.scores.overall) })
        task = configuration.task
        gold = scores.main.overall.gold
        unfindable = scored.unfindable
        self.dataset = dataset.name
        let parts = scored.scores(of: dataset.parts, in: split).mapValues(\.main)
        datasets = parts.isEmpty ? nil : parts
        self.fingerprint = fingerprint.hexadecimal
        renamed = names
        publishedAs = KnownDataset.identify(fingerprint).map { "\($0)" }
        self.split = "\(split)"
        self.posts = posts.count
        encoder = configuration.textEncoderName
        imageEncoder = configuration.imageEncoder?.name
        pictures = extractions.flatMap(\.imageStatuses).reduce(into: [:]) { $0[$1.rawValue, default: 0] += 1 }
        contexts = configuration.usesContext ? posts.count(where: \.hasContext) : 0
        truncated = extractions.count(where: \.truncated)
        truncatedContexts = extractions.count(where: \.contextTruncated)
        self.threshold = threshold
        belowThreshold = threshold.map { threshold in scored.confidences.count { $0.score < threshold } }
        let entities = scores.all.first { $0.measure == .entities }?.scores.overall
        calibration = entities.map { _ in Calibration(scored.confidences) }
        coverage = entities.map { PrecisionCoverage(scored.confidences, gold: $0.gold) }
        temperature = configuration.scoreTemperature
        let tablesOfParts = parts.sorted { $0.key < $1.key }.map { "data set \($0)\n\($1)\n\n" }.joined()
        let tablesOfAll = scores.all.map { named in
            scores.all.count > 1 ? "\(named.measure.rawValue)\n\(named.scores)" : "\(named.scores)"
        }
        tables = tablesOfParts + (parts.isEmpty ? "" : "all data sets\n") + tablesOfAll.joined(separator: "\n\n")
    }

    public var description: String {
        let source = publishedAs ?? "fingerprint \(fingerprint.prefix(12))"
        let seen = imageEncoder.map { ", \(pictures["used", default: 0]) pictures with \($0)" } ?? ", no pictures"
        let cut = [(truncated, "posts"), (truncatedContexts, "contexts")].map { count, what in
            count > 0 ? "\n\(count) \(what) were longer than the model reads and were cut" : ""
        }.joined()
        let omitted =
            pictures["omitted"].map { "\n\($0) pictures are beyond those that the model reads of a post" } ?? ""
        let missed = unfindable > 0 ? "\n\(ScoredPosts.missed(unfindable)); `shapca data validate` names them" : ""
        let names = renamed.sorted { $0.key < $1.key }.map { "; \($0) read as \($1)" }.joined()
        return """
            \(tables)
            \(confidence)
            \(dataset), \(split) split (\(source)): \(posts) posts, \(gold) gold \(task.scoredItems); \
            \(encoder), \(contexts) contexts\(seen); one seed\(names)\(cut)\(omitted)\(missed)\(leftOut)
            """
    }

    /// The calibration in words and the table of thresholds, between blank lines.
    private var confidence: String {
        guard let calibration, let coverage else { return "" }
        return """

            \(calibration.summary(temperature: temperature))

            \(coverage)

            """
    }

    private var leftOut: String {
        guard let threshold, let belowThreshold else { return "" }
        return "\n\(belowThreshold) entities scored below \(threshold) and were left out"
    }
}
