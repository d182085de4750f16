import Corpus
import Evaluation
import Extraction
import Foundation
import Prediction
import Training

/// What a trained model reaches on a test split, with the protocol of the measurement.
public struct RunResult: Sendable, Codable {
    /// A score and how the posts share in it.
    public struct Measured: Sendable {
        public var score: Score
        /// Of every post, for paired comparisons.
        var posts: [Score]
    }

    public var variant: String
    public var trained: StudyDataset
    public var tested: StudyDataset
    public var generator: String
    public var seed: Int
    public var textEncoder: String
    public var imageEncoder: String?
    public var measures: [Measure: Measured]
    /// The test split's fingerprint, and its published name where it has one.
    public var fingerprint: String
    /// The fingerprint of the test posts' contexts; nil for a model that reads none.
    public var contextFingerprint: Fingerprint?
    /// How many test posts there were, and how many with a context and with a picture that was seen.
    public var posts: Int
    public var contexts: Int
    public var pictures: Int
    public var validationF1: Double
    public var epochs: Int
    public var seconds: Double
}

extension RunResult {
    /// Tests a model.
    /// - Throws: `CorpusError`, `TorchError`.
    init(_ run: ReproductionPlan.Run, extractor: Extractor, test: Dataset, outcome: Trainer.Outcome) throws {
        let posts = try test.posts(of: .test)
        let (extractions, scored) = try extractor.evaluate(
            posts, renaming: run.trained.renames(testedOn: run.tested))
        let single = scored.ofEachPost
        measures = [:]
        for (index, named) in scored.scores.all.enumerated() {
            measures[named.measure] = Measured(
                score: named.scores.overall, posts: single.map { $0.all[index].scores.overall })
        }
        variant = run.variant.name
        trained = run.trained
        tested = run.tested
        generator = run.generator
        seed = run.seed
        let configuration = extractor.configuration
        textEncoder = configuration.textEncoderName
        imageEncoder = configuration.imageEncoder
        fingerprint = Fingerprint(posts: posts).title
        contextFingerprint = configuration.usesContext ? Fingerprint(contextsOf: posts) : nil
        self.posts = posts.count
        contexts = configuration.usesContext ? posts.count { $0.context != nil } : 0
        pictures = extractions.count { $0.imageStatus == .used }
        validationF1 = outcome.best.f1
        epochs = outcome.epochs
        seconds = outcome.seconds
    }

    /// F1 of every measure, in percent.
    var summary: String {
        Measure.allCases.compactMap { measure in
            measures[measure].map { "\(measure.rawValue) " + String(format: "%.2f", 100 * $0.score.f1) }
        }.joined(separator: ", ")
    }
}

extension RunResult.Measured: Codable {
    private enum CodingKeys: CodingKey { case score, posts }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        score = try fields.decode(Score.self, forKey: .score)
        posts = try fields.decode([[Int]].self, forKey: .posts).map { counts in
            guard counts.count == 3 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .posts, in: fields, debugDescription: "a post has three counts: gold, predicted, correct")
            }
            return Score(gold: counts[0], predicted: counts[1], correct: counts[2])
        }
    }

    /// Writes the score, and `[gold, predicted, correct]` of every post.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(score, forKey: .score)
        try fields.encode(posts.map { [$0.gold, $0.predicted, $0.correct] }, forKey: .posts)
    }
}
