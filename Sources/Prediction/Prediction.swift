import Corpus
import Extraction

/// The outcome of one line or item of the input: the findings in a post, or why there is no post.
public enum PredictionOutcome: Sendable, Encodable {
    case prediction(Prediction)
    /// The input at this line is not a post.
    case failure(line: Int, error: String)

    private enum CodingKeys: CodingKey { case line, error }

    /// Writes the prediction, or `line` and `error`.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .prediction(let prediction): try prediction.encode(to: encoder)
        case .failure(let line, let error):
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(line, forKey: .line)
            try fields.encode(error, forKey: .error)
        }
    }
}

/// The findings in a post, and the outcomes of its pictures and contexts.
public struct Prediction: Sendable {
    /// The post, with the contexts that were made for it.
    public let post: Post
    public let task: ExtractionTask
    public let extraction: Extractor.Extraction
    /// The outcome of the context of each picture of the post.
    public let contexts: [ContextStatus]

    /// The outcome of the post's contexts: the most notable one.
    public var context: ContextStatus { ContextStatus.mostNotable(of: contexts) }
    /// The number of entities that scored below the threshold and were left out; nil where there is no threshold.
    public let belowThreshold: Int?

    /// - Parameter threshold: the score below which an entity is left out; nil to keep all.
    package init(
        of post: Post, task: ExtractionTask, extraction: Extractor.Extraction, contexts: [ContextStatus],
        threshold: Double?
    ) {
        (self.post, self.task, self.contexts) = (post, task, contexts)
        self.extraction = threshold.map(extraction.leavingOutEntities) ?? extraction
        belowThreshold = threshold == nil ? nil : extraction.entities.count - self.extraction.entities.count
    }

    /// The outcome of the pairs that a post asks a model of given entities about.
    public enum Answers: Sendable, Equatable {
        /// All pairs have an answer, or the task is another.
        case complete
        /// The post names fewer than two entities, so that there is no pair to ask about.
        case unpaired
        /// The post names more than two entities but no pair of them.
        case unasked
        /// Pairs have no answer: an entity has no words, or they do not fit.
        case unanswered
    }

    /// What a reader of the findings alone would not know, a sentence each.
    package var remarks: [String] {
        let remarks: [String?] = [
            extraction.error.map { "the model did not read the post: \($0)" },
            extraction.imageStatus == .missing ? "the picture is not there, and the post was read without it" : nil,
            extraction.imageStatus == .unreadable
                ? "the picture cannot be read, and the post was read without it" : nil,
            context.error.map { "no context could be made, and the post was read without one: \($0)" },
            extraction.truncated ? "the end of the text did not fit and was not read" : nil,
            extraction.contextTruncated ? "the end of the context did not fit and was not read" : nil,
            belowThreshold.flatMap { $0 > 0 ? "\($0) entities scored below the threshold and were left out" : nil },
        ]
        return remarks.compactMap(\.self)
    }

    /// The outcome of the pairs that the post asks about.
    public var answers: Answers {
        guard !task.findsEntities else { return .complete }
        let asked = post.annotation.pairs.count
        if asked > extraction.relations.count { return .unanswered }
        if asked > 0 { return .complete }
        return post.entities.count < 2 ? .unpaired : .unasked
    }
}

extension Prediction: Encodable {
    private enum CodingKeys: CodingKey {
        case id, entities, relations, imageStatus, contextStatus, context, contextError, images, imagesOmitted,
            truncated, contextTruncated, error, belowThreshold
    }

    /// Writes one line of `shapca predict`; relations only where the task finds them, the context only where it was made. Several
    /// pictures have a list of their own outcomes.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(post.id, forKey: .id)
        try fields.encode(extraction.entities, forKey: .entities)
        if task.findsRelations { try fields.encode(extraction.relations, forKey: .relations) }
        try fields.encode(extraction.imageStatus, forKey: .imageStatus)
        try fields.encode(context.word, forKey: .contextStatus)
        if post.pictures.count > 1 {
            try fields.encode(pictures, forKey: .images)
            try fields.encode(extraction.imagesOmitted, forKey: .imagesOmitted)
        } else {
            try fields.encodeIfPresent(context.context, forKey: .context)
            try fields.encodeIfPresent(context.error, forKey: .contextError)
        }
        try fields.encode(extraction.truncated, forKey: .truncated)
        try fields.encode(extraction.contextTruncated, forKey: .contextTruncated)
        try fields.encodeIfPresent(extraction.error, forKey: .error)
        try fields.encodeIfPresent(belowThreshold, forKey: .belowThreshold)
    }
}

extension Prediction {
    /// What became of one of several pictures.
    private struct PictureOutcome: Encodable {
        let image: String?
        let imageStatus: PictureStatus
        let contextStatus: String
        /// Where it was made.
        let context: String?
        let contextError: String?
    }

    private var pictures: [PictureOutcome] {
        zip(post.pictures, zip(extraction.imageStatuses, contexts)).map { picture, outcome in
            PictureOutcome(
                image: picture.image, imageStatus: outcome.0, contextStatus: outcome.1.word,
                context: outcome.1.context, contextError: outcome.1.error)
        }
    }
}

/// The counted outcomes of a stream of posts.
public struct PredictionTally: Sendable {
    /// Posts that were predicted.
    public private(set) var posts = 0
    /// Items of the input that are not posts.
    public private(set) var failures = 0
    /// Posts that the model did not read.
    public private(set) var refusals = 0
    /// Pictures beyond those that the model reads of a post.
    public private(set) var omittedPictures = 0
    /// Entities that scored below the threshold and were left out.
    public private(set) var belowThreshold = 0
    private var answers: [Prediction.Answers: Int] = [:]

    public init() {}

    /// Counts an outcome.
    public mutating func count(_ outcome: PredictionOutcome) {
        switch outcome {
        case .failure: failures += 1
        case .prediction(let prediction):
            posts += 1
            belowThreshold += prediction.belowThreshold ?? 0
            guard prediction.extraction.error == nil else {
                refusals += 1
                return
            }
            answers[prediction.answers, default: 0] += 1
            omittedPictures += prediction.extraction.imagesOmitted
        }
    }

    /// The number of posts with this outcome of their pairs.
    public func count(of answers: Prediction.Answers) -> Int { self.answers[answers, default: 0] }

    /// Oddities and omissions, a sentence each.
    public var notes: [String] {
        let counted: [(Int, String)] = [
            (count(of: .unpaired), "posts name fewer than two entities, so that there is no pair to ask about"),
            (count(of: .unasked), "posts name more than two entities but no pair of them in \"relations\""),
            (count(of: .unanswered), "posts have pairs without an answer: an entity has no words, or they do not fit"),
            (omittedPictures, "pictures are beyond those that the model reads of a post (picture.maximumCount)"),
            (refusals, "posts were too long to be read"),
            (belowThreshold, "entities scored below the threshold and were left out"),
            (failures, "of \(posts + failures) lines could not be read"),
        ]
        return counted.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }
}
