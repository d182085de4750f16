import Corpus
import Evaluation
import Extraction
import Foundation
import Prediction
import Support
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
    /// What the alignment of the tested model had reached on the validation split.
    package var alignment: AlignmentDiagnosis?
    /// How well the cosines of own pairs tell the test posts with a related picture from the others.
    package var relatedness: Relatedness?
    /// The parts of the test split that are scored apart, as indices of posts.
    var parts: [String: [Int]] = [:]

    /// The area under the curve of telling posts whose picture decides from those whose picture is unrelated.
    package struct Relatedness: Sendable, Codable, Equatable {
        /// By the cosine of text and context.
        package var text: Double?
        /// By the cosine of picture and context, or picture and text.
        package var picture: Double?
    }

    private enum CodingKeys: CodingKey {
        case variant, trained, tested, generator, seed, textEncoder, imageEncoder, measures, fingerprint,
            contextFingerprint, posts, contexts, pictures, validationF1, epochs, seconds, alignment, relatedness
    }
}

extension RunResult {
    /// Tests a model.
    /// - Throws: `CorpusError`, `TorchError`.
    init(_ run: ReproductionPlan.Run, extractor: Extractor, test: Dataset, training: Trained) throws {
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
        imageEncoder = configuration.imageEncoder?.name
        fingerprint = Fingerprint(posts: posts).title
        contextFingerprint = configuration.usesContext ? Fingerprint(contextsOf: posts) : nil
        self.posts = posts.count
        contexts = configuration.usesContext ? posts.count(where: \.hasContext) : 0
        pictures = extractions.count { $0.imageStatus == .used }
        validationF1 = training.validationF1
        alignment = training.alignment
        relatedness = try Self.relatedness(of: posts, extractor)
        epochs = training.epochs
        seconds = training.seconds
    }

    /// The training of the model that is tested.
    struct Trained {
        var validationF1: Double
        var epochs: Int
        var seconds: Double
        var alignment: AlignmentDiagnosis?

        init(_ outcome: Trainer.Outcome) {
            (validationF1, alignment) = (outcome.best.f1, outcome.best.alignment)
            (epochs, seconds) = (outcome.epochs, outcome.seconds)
        }

        /// The training of a model that has been tested before.
        init(_ result: RunResult) {
            (validationF1, alignment) = (result.validationF1, result.alignment)
            (epochs, seconds) = (result.epochs, result.seconds)
        }
    }

    /// - Returns: nil where the posts have no such parts, or nothing is aligned.
    private static func relatedness(of posts: [Post], _ extractor: Extractor) throws -> Relatedness? {
        guard extractor.configuration.alignment.isPlayed, let related = posts.parts["picture"],
            let unrelated = posts.parts["text"]
        else { return nil }
        let prepared = try extractor.prepare(posts, isAligned: true)
        let agreements = try extractor.answers(
            to: prepared, batchSize: 32, comparing: Extractor.Comparison(mergesEqual: false, swaps: false)
        ).map(\.agreement)
        func area(_ pair: (PostAgreement) -> AlignmentDiagnosis.Side?) -> Double? {
            areaUnderCurve(
                positives: related.compactMap { pair(agreements[$0])?.own },
                negatives: unrelated.compactMap { pair(agreements[$0])?.own })
        }
        return Relatedness(text: area(\.text), picture: area(\.picture))
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
                throw fields.corrupted(.posts, "a post has three counts: gold, predicted, correct")
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
