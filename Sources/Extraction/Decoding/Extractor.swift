import Corpus
import Foundation
import Language
import Torch
import Vision

/// Entities and relations out of posts: a model together with all that turns posts into its input.
public final class Extractor {
    public let model: ShapCA
    /// The precision of matrix products when predicting; nil for 32-bit floats.
    public var precision: DType?
    /// Posts whose words are looked at together.
    private static let chunkSize = 128
    let tokenizer: WordPieceTokenizer
    let encoder: PostEncoder
    private let pictureReader: PictureReader?

    /// - Parameters:
    ///   - model: on the device where it will run.
    ///   - tokenizer: that of the model's text encoder.
    ///   - tagger: that which gave `configuration.partsOfSpeech`.
    ///   - featureCache: the folder in which what the image encoder saw is kept; nil to keep nothing. Only for an encoder
    ///     that is not trained.
    /// - Throws: `TokenizerError` where the vocabulary lacks what `configuration.mre` asks for.
    public init(
        model: ShapCA, tokenizer: WordPieceTokenizer, tagger: PartOfSpeechTagger, precision: DType? = nil,
        featureCache: URL? = nil
    ) throws {
        self.model = model
        self.tokenizer = tokenizer
        self.precision = precision
        encoder = try PostEncoder(
            tokenizer: tokenizer, tagger: tagger, usesContext: model.configuration.usesContext,
            marksEntities: model.configuration.mre.markers, maximumLength: model.configuration.maximumLength)
        pictureReader = model.imageEncoder.map {
            PictureReader($0, featureCache: featureCache, device: model.device)
        }
    }

    /// One entity found in a post.
    public struct Found: Sendable, Codable, Equatable {
        /// Offsets of the post: tokens, or Unicode scalars of a raw text; end exclusive.
        public let start: Int
        public let end: Int
        /// The words that it spans.
        public let text: String
        public let type: String
        /// The model's probability for it, see ``ScoredEntity``; 1 for an entity that the post gave.
        public let score: Double
    }

    /// One relation found in a post.
    public struct FoundRelation: Sendable, Codable, Equatable {
        /// The subject and the object among the entities of the extraction; of a joint model, which does not tell them apart,
        /// the one that comes first and the other.
        public let head: Int
        public let tail: Int
        public let type: String
        /// The model's probability for it, see ``ScoredRelation``.
        public let score: Double
    }

    /// What was found in a post.
    public struct Extraction: Sendable, Codable, Equatable {
        public let entities: [Found]
        public let relations: [FoundRelation]
        /// What became of the picture.
        public let imageStatus: PictureStatus
        /// Whether words at the end did not fit the model and were not looked at.
        public let truncated: Bool
        /// Whether the end of the context did not fit beside the text and was not looked at.
        public let contextTruncated: Bool

        /// What was found, without scores, in the offsets of the post.
        public var annotation: Annotation {
            Annotation(
                entities: entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) },
                relations: relations.map { Relation(head: $0.head, tail: $0.tail, type: $0.type) })
        }
    }

    /// Finds what the model was trained for in posts; the results are in their order.
    ///
    /// A model of relations asks for those between the pairs of entities that a post's relations name, whatever their
    /// type, or between its only two entities.
    /// - Parameter imageURL: where the picture of a post lies.
    /// - Throws: `TorchError`.
    public func extract(
        _ posts: [Post], batchSize: Int = 32, imageURL: (Post) -> URL? = { $0.image.map { URL(filePath: $0) } }
    ) throws -> [Extraction] {
        let prepared = try prepare(posts, imageURL: imageURL)
        var extractions = [Extraction?](repeating: nil, count: posts.count)
        try forEachBatch(of: prepared, size: batchSize) { indices, annotations, statuses in
            for (position, index) in indices.enumerated() {
                extractions[index] = Extraction(
                    entities: found(annotations[position].entities, in: posts[index], words: prepared[index].words),
                    relations: annotations[position].relations.map { scored in
                        FoundRelation(
                            head: scored.relation.head, tail: scored.relation.tail, type: scored.relation.type,
                            score: scored.score)
                    },
                    imageStatus: statuses[position], truncated: prepared[index].encoded.droppedWords > 0,
                    contextTruncated: prepared[index].encoded.contextIsCut)
            }
        }
        return extractions.compactMap { $0 }
    }

    private func found(_ entities: [ScoredEntity], in post: Post, words: PostWords) -> [Found] {
        zip(entities, postEntities(entities.map(\.entity), in: post, words: words)).map { scored, entity in
            Found(
                start: entity.start, end: entity.end, text: post.surface(of: entity) ?? "", type: entity.type,
                score: scored.score)
        }
    }

    /// Found entities in word offsets as those of the post; what the post gave comes back as it was.
    package func postEntities(_ entities: [Entity], in post: Post, words: PostWords) -> [Entity] {
        model.configuration.task == .relations ? post.entities : entities.map(words.postEntity)
    }

    /// Turns posts into what batches are made of, without gold tags.
    /// - Throws: `TorchError`.
    public func prepare(_ posts: [Post], imageURL: (Post) -> URL?) throws -> [PreparedPost] {
        let chunks = stride(from: 0, to: posts.count, by: Self.chunkSize).map { start in
            Array(posts[start..<min(start + Self.chunkSize, posts.count)])
        }
        let encoded = try Engine.concurrentMap(chunks) { [encoder] in try encoder.encode($0) }
        return zip(posts, encoded.joined()).map { post, encoded in
            PreparedPost(
                words: encoded.words, encoded: encoded.post, picture: picture(of: post, at: imageURL(post)))
        }
    }

    /// Finds what the model was trained for, in word offsets; the results are in the order of the posts.
    /// - Throws: `TorchError`.
    public func annotations(_ posts: [PreparedPost], batchSize: Int) throws -> [ScoredAnnotation] {
        var annotations = [ScoredAnnotation](repeating: ScoredAnnotation(), count: posts.count)
        try forEachBatch(of: posts, size: batchSize) { indices, found, _ in
            for (index, found) in zip(indices, found) { annotations[index] = found }
        }
        return annotations
    }

    /// Puts posts side by side and looks at their pictures.
    /// - Returns: the batch, what became of each picture, and why pictures could not be had.
    /// - Throws: `TorchError`.
    public func batch(
        _ posts: [PreparedPost]
    ) throws -> (batch: Batch, statuses: [PictureStatus], lost: [String]) {
        try withTorchErrors {
            let seen = pictureReader?.read(posts.map(\.picture), trained: model.isTraining)
            let statuses = seen?.statuses ?? posts.map { _ in PictureStatus.none }
            let batch = Batch(
                posts.map(\.encoded), hasPicture: statuses.map { $0 == .used }, pictures: seen?.pictures,
                encoding: model.configuration.alignment.usesSeparateEncoding ? .separate : .joint,
                device: model.device)
            return (batch, statuses, seen?.lost ?? [])
        }
    }

    /// Looks at every picture once, so that a frozen encoder's features are in the cache.
    /// - Returns: why pictures could not be had.
    public func cacheFeatures(of posts: [PreparedPost]) -> [String] {
        guard let pictureReader else { return [] }
        return stride(from: 0, to: posts.count, by: 256).flatMap { start in
            pictureReader.read(posts[start..<min(start + 256, posts.count)].map(\.picture), trained: false).lost
        }
    }

    private func forEachBatch(
        of posts: [PreparedPost], size: Int, _ body: ([Int], [ScoredAnnotation], [PictureStatus]) -> Void
    ) throws {
        let wasTraining = model.isTraining
        model.train(false)
        defer { model.train(wasTraining) }
        let plan = posts.indices.sorted { (posts[$0].encoded.length, $0) > (posts[$1].encoded.length, $1) }
        let batches = stride(from: 0, to: plan.count, by: size).map { plan[$0..<min($0 + size, plan.count)] }
        func found(in indices: ArraySlice<Int>) throws -> (annotations: [ScoredAnnotation], statuses: [PictureStatus]) {
            let (batch, statuses, _) = try batch(indices.map { posts[$0] })
            return (try model.annotations(batch, precision: precision), statuses)
        }
        nonisolated(unsafe) let look = found
        let results = try model.device.isCPU ? Engine.concurrentMap(batches) { try look($0) } : batches.map(found)
        for (indices, result) in zip(batches, results) { body(Array(indices), result.annotations, result.statuses) }
    }

    private func picture(of post: Post, at url: URL?) -> PreparedPost.Picture {
        guard pictureReader != nil, let url else { return .absent(.none) }
        return FileManager.default.fileExists(atPath: url.path) ? .file(url) : .absent(.missing)
    }
}
