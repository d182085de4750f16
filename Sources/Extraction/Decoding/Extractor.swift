import Corpus
import Foundation
import Language
import Torch
import Vision

/// Entities out of posts: a model together with all that turns posts into its input.
public final class Extractor {
    public let model: ShapCA
    /// The precision of matrix products when predicting; nil for 32-bit floats.
    public var precision: DType?
    let tokenizer: WordPieceTokenizer
    let encoder: PostEncoder
    private let decoder: PictureDecoder?

    /// - Parameters:
    ///   - model: on the device where it will run.
    ///   - tokenizer: that of the model's text encoder.
    ///   - tagger: that which gave `configuration.partsOfSpeech`.
    public init(model: ShapCA, tokenizer: WordPieceTokenizer, tagger: PartOfSpeechTagger, precision: DType? = nil) {
        self.model = model
        self.tokenizer = tokenizer
        self.precision = precision
        encoder = PostEncoder(
            tokenizer: tokenizer, tagger: tagger, usesContext: model.configuration.usesContext,
            maximumLength: model.configuration.maximumLength)
        decoder = model.imageEncoder.map { PictureDecoder(geometry: $0.preprocessing.geometry) }
    }

    /// One entity found in a post.
    public struct Found: Sendable, Codable, Equatable {
        /// Offsets of the post: tokens, or Unicode scalars of a raw text; end exclusive.
        public let start: Int
        public let end: Int
        /// The words that it spans.
        public let text: String
        public let type: String
        /// The probability that exactly these words form an entity of this type.
        public let score: Double
    }

    /// What was found in a post.
    public struct Extraction: Sendable, Codable, Equatable {
        public let entities: [Found]
        /// What became of the picture.
        public let imageStatus: PictureStatus
        /// Whether words at the end did not fit the model and were not looked at.
        public let truncated: Bool
    }

    /// Finds the entities of posts; the results are in their order.
    /// - Parameter imageURL: where the picture of a post lies.
    /// - Throws: `TorchError`.
    public func extract(
        _ posts: [Post], batchSize: Int = 32, imageURL: (Post) -> URL? = { $0.image.map { URL(filePath: $0) } }
    ) throws -> [Extraction] {
        let prepared = try prepare(posts, imageURL: imageURL)
        var extractions = [Extraction?](repeating: nil, count: posts.count)
        try forEachBatch(of: prepared, size: batchSize) { indices, entities, statuses in
            for (position, index) in indices.enumerated() {
                let words = prepared[index].words
                let found = entities[position].map { scored in
                    let entity = words.postEntity(scored.entity)
                    return Found(
                        start: entity.start, end: entity.end, text: posts[index].surface(of: entity) ?? "",
                        type: entity.type, score: scored.score)
                }
                extractions[index] = Extraction(
                    entities: found, imageStatus: statuses[position],
                    truncated: prepared[index].encoded.droppedWords > 0)
            }
        }
        return extractions.compactMap { $0 }
    }

    /// Turns posts into what batches are made of, without their annotation.
    /// - Throws: `TorchError`.
    public func prepare(_ posts: [Post], imageURL: (Post) -> URL?) throws -> [PreparedPost] {
        zip(posts, try encoder.encode(posts)).map { post, encoded in
            PreparedPost(words: encoded.words, encoded: encoded.post, picture: picture(of: post, at: imageURL(post)))
        }
    }

    /// Finds entities in word offsets; the results are in the order of the posts.
    /// - Throws: `TorchError`.
    public func wordEntities(_ posts: [PreparedPost], batchSize: Int) throws -> [[ScoredEntity]] {
        var entities = [[ScoredEntity]](repeating: [], count: posts.count)
        try forEachBatch(of: posts, size: batchSize) { indices, found, _ in
            for (index, found) in zip(indices, found) { entities[index] = found }
        }
        return entities
    }

    /// Puts posts side by side, decoding the pictures that are still files.
    /// - Returns: the batch, what became of each picture, and why pictures that were there before are lost.
    public func batch(_ posts: [PreparedPost]) -> (batch: Batch, statuses: [PictureStatus], lost: [String]) {
        let (pictures, statuses, lost) = pictures(of: posts)
        let batch = Batch(
            posts.map(\.encoded), hasPicture: statuses.map { $0 == .used }, pictures: pictures,
            encoding: model.configuration.alignment.encoding, device: model.device)
        return (batch, statuses, lost)
    }

    private func forEachBatch(
        of posts: [PreparedPost], size: Int, _ body: ([Int], [[ScoredEntity]], [PictureStatus]) -> Void
    ) throws {
        let wasTraining = model.isTraining
        model.train(false)
        defer { model.train(wasTraining) }
        let order = posts.indices.sorted { (posts[$0].encoded.length, $0) < (posts[$1].encoded.length, $1) }
        for start in stride(from: 0, to: order.count, by: size) {
            let indices = Array(order[start..<min(start + size, order.count)])
            let (batch, statuses, _) = batch(indices.map { posts[$0] })
            body(indices, try model.entities(batch, precision: precision), statuses)
        }
    }

    private func picture(of post: Post, at url: URL?) -> PreparedPost.PictureInput {
        guard decoder != nil, let url else { return .absent(.none) }
        return FileManager.default.fileExists(atPath: url.path) ? .file(url) : .absent(.missing)
    }

    private func pictures(
        of posts: [PreparedPost]
    ) -> (pictures: Batch.Pictures?, statuses: [PictureStatus], lost: [String]) {
        var statuses: [PictureStatus] = []
        var files: [URL] = []
        var regions: [Tensor] = []
        var pooled: [Tensor] = []
        for post in posts {
            switch post.picture {
            case .absent(let status): statuses.append(status)
            case .file(let url):
                files.append(url)
                statuses.append(.used)
            case .features(let region, let vector):
                regions.append(region)
                pooled.append(vector)
                statuses.append(.used)
            }
        }
        if !regions.isEmpty {
            let features = Batch.Pictures.features(
                regions: Tensor.stacked(regions).to(model.device), pooled: Tensor.stacked(pooled).to(model.device))
            return (features, statuses, [])
        }
        guard let decoder, let imageEncoder = model.imageEncoder, !files.isEmpty else { return (nil, statuses, []) }
        var decoded = decoder.decode(files.map { PictureSource.file($0) }).makeIterator()
        var squares: [RGBPicture] = []
        var lost: [String] = []
        for index in statuses.indices where statuses[index] == .used {
            switch decoded.next() {
            case .success(let picture): squares.append(picture)
            case .failure(let error):
                statuses[index] = error.status
                lost.append(error.description)
            case nil: statuses[index] = .unreadable
            }
        }
        guard !squares.isEmpty else { return (nil, statuses, lost) }
        return (.pixels(imageEncoder.preprocessing.pixels(of: squares).to(model.device)), statuses, lost)
    }
}
