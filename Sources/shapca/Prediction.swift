import Corpus
import Extraction
import Foundation
import Vision

/// One line of the output of `shapca predict`.
enum PredictionLine: Encodable {
    case prediction(Prediction)
    case failure(PredictionFailure)

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .prediction(let prediction): try prediction.encode(to: encoder)
        case .failure(let failure): try failure.encode(to: encoder)
        }
    }
}

/// What was found in a post.
struct Prediction: Encodable {
    let id: String
    let entities: [Extractor.Found]
    /// Between the entities; nil for a model that does not look for any.
    let relations: [Extractor.FoundRelation]?
    let imageStatus: PictureStatus
    let contextStatus: ContextStatus
    /// The context, where it did not come with the post.
    let context: String?
    let contextError: String?
    let truncated: Bool
    let contextTruncated: Bool

    init(_ contextual: ContextualPost, extraction: Extractor.Extraction, task: Task) {
        id = contextual.post.id
        entities = extraction.entities
        relations = task == .entities ? nil : extraction.relations
        imageStatus = extraction.imageStatus
        contextStatus = contextual.status
        context = contextual.status == .given ? nil : contextual.post.context
        contextError = contextual.error
        truncated = extraction.truncated
        contextTruncated = extraction.contextTruncated
    }
}

/// A line that was no post.
struct PredictionFailure: Encodable {
    let line: Int
    let error: String
}

/// Predictions for a stream of posts, a window at a time: order is kept and memory does not grow. A window ends where the
/// next line of a pipe would have to be waited for, so that every post is answered when it comes.
struct PredictionStream {
    /// The most posts that are looked at together, and the most words or characters, with those of contexts, after which
    /// no further one is read.
    private static let (windowPosts, windowLength) = (1024, 1 << 18)

    private let reader: JSONLinesReader
    private let extractor: Extractor
    private let contexts: PostContexts
    private let imageBase: URL
    private let batchSize: Int
    /// Posts predicted so far.
    private(set) var posts = 0
    /// Lines so far that were no posts.
    private(set) var failures = 0
    /// Posts so far in which a model of relations was asked for none: several entities, but no pair of them.
    private(set) var unasked = 0
    /// Posts so far in which there is no pair to ask a model of relations about: fewer than two entities.
    private(set) var unpaired = 0
    /// Posts so far of which a model of relations has answered fewer pairs than it was asked.
    private(set) var unanswered = 0
    /// What was odd in the lines so far.
    var findings: Findings { reader.findings }

    init(reader: JSONLinesReader, extractor: Extractor, contexts: PostContexts, imageBase: URL, batchSize: Int) {
        self.reader = reader
        self.extractor = extractor
        self.contexts = contexts
        self.imageBase = imageBase
        self.batchSize = batchSize
    }

    /// The lines of the next window; nil at the end.
    mutating func next() throws -> [PredictionLine]? {
        var window: [Result<Post, CorpusError>] = []
        var lines: [Int] = []
        var length = 0
        while window.count < Self.windowPosts, length < Self.windowLength, window.isEmpty || reader.isReady,
            let result = reader.next()
        {
            window.append(result)
            if case .success(let post) = result { length += post.length + (post.context?.utf8.count ?? 0) }
            lines.append(reader.location.line)
        }
        guard !window.isEmpty else { return nil }
        let base = imageBase
        let posts = try contexts.attach(to: window.compactMap { try? $0.get() }) { $0.imageURL(in: base) }
        let task = extractor.model.configuration.task
        let extractions = try extractor.extract(posts.map(\.post), batchSize: batchSize) { post in
            post.imageURL(in: base)
        }
        var pairs = zip(posts, extractions).makeIterator()
        self.posts += posts.count
        if task == .relations {
            for (post, extraction) in zip(posts, extractions) { count(post.post, answered: extraction.relations.count) }
        }
        failures += window.count - posts.count
        return zip(lines, window).map { line, result in
            if case .failure(let error) = result { return .failure(PredictionFailure(line: line, error: "\(error)")) }
            guard let (post, extraction) = pairs.next() else {
                return .failure(PredictionFailure(line: line, error: "no prediction was made"))
            }
            return .prediction(Prediction(post, extraction: extraction, task: task))
        }
    }

    /// Counts a post that was not asked for relations, or not answered.
    private mutating func count(_ post: Post, answered: Int) {
        let asked = Annotation(entities: post.entities, relations: post.relations).pairs.count
        if asked > answered {
            unanswered += 1
        } else if asked == 0 {
            if post.entities.count < 2 { unpaired += 1 } else { unasked += 1 }
        }
    }
}

/// Where predictions go: standard output, or a file that appears when it is complete.
struct PredictionSink {
    private let file: JSONLinesWriter<PredictionLine>?
    private let encoder: JSONEncoder

    init(_ url: URL?) throws {
        file = try url.map { try JSONLinesWriter($0) }
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    func write(_ lines: [PredictionLine]) throws {
        guard let file else {
            for line in lines { try Console.print(String(decoding: try encoder.encode(line), as: UTF8.self)) }
            return
        }
        for line in lines { try file.write(line) }
    }

    func finish() throws { try file?.finish() }

    /// Ends an incomplete file.
    /// - Returns: where it is; nil where there is none.
    func keepPart() throws -> URL? { try file?.keepPart() }
}
