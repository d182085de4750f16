import Corpus
import Evaluation
import Extraction
import Foundation
import Prediction
import Training

/// The scores of a trained model on a test split, with the protocol of the measurement.
package struct RunResult: Sendable, Codable {
    /// A score and how the posts share in it.
    package struct Measured: Sendable {
        package var score: Score
        /// Of every post, for paired comparisons.
        var posts: [Score]
    }

    package var variant: String
    package var trained: StudyDataset
    package var tested: StudyDataset
    package var generator: String
    package var seed: Int
    package var textEncoder: String
    package var imageEncoder: String?
    package var measures: [Measure: Measured]
    /// The test split's fingerprint, and its published name where it has one.
    package var fingerprint: String
    /// The fingerprint of the test posts' contexts; nil for a model that reads none.
    package var contextFingerprint: Fingerprint?
    /// The number of test posts, and of those with a context and with a picture that was seen.
    package var posts: Int
    package var contexts: Int
    package var pictures: Int
    package var validationF1: Double
    package var epochs: Int
    package var seconds: Double
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
    package init(from decoder: any Decoder) throws {
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
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(score, forKey: .score)
        try fields.encode(posts.map { [$0.gold, $0.predicted, $0.correct] }, forKey: .posts)
    }
}
