import Corpus
import Foundation
import Language
import Torch
import Vision

/// Entities and relations out of posts: a trained model together with all that turns posts into its input.
///
///     let extractor = try Extractor(modelFolder: URL(filePath: "runs/mine/model"))
///     let posts = [Post(id: "1", content: .text("Rocky is ready for snow season"), image: "rocky.jpg")]
///     for entity in try extractor.extract(posts)[0].entities { print(entity.text, entity.type, entity.score) }
///
/// An extractor is a value that only ever predicts. Any number of threads may use one at the same time; what one finds in
/// a post depends on neither the others nor, up to the order of sums, the posts beside it.
public struct Extractor: Sendable {
    package let model: ShapCA
    /// The precision of matrix products when predicting; nil for 32-bit floats.
    package var precision: DType?
    package let tokenizer: any Tokenizer
    private let encoder: PostEncoder
    private let pictureReader: PictureReader?
    /// Posts whose words are looked at together.
    private static let chunkSize = 128

    /// - Parameters:
    ///   - model: on the device where it will run.
    ///   - tokenizer: that of the model's text encoder.
    ///   - tagger: that which gave `configuration.partsOfSpeech`; nil where there are none.
    ///   - featureCache: the folder that keeps the image encoder's features; nil to keep nothing. Only for an encoder
    ///     that is not trained.
    /// - Throws: `TokenizerError` where the vocabulary lacks what `configuration.mre` asks for.
    package init(
        model: ShapCA, tokenizer: any Tokenizer, tagger: PartOfSpeechTagger?, precision: DType? = nil,
        featureCache: URL? = nil
    ) throws {
        self.model = model
        self.tokenizer = tokenizer
        self.precision = precision
        encoder = try PostEncoder(model.configuration, tokenizer: tokenizer, tagger: tagger)
        pictureReader = model.imageEncoder.map {
            PictureReader($0, featureCache: featureCache, device: model.device)
        }
    }

    /// The task, labels, encoders and options of the model.
    public var configuration: ModelConfiguration { model.configuration }

    /// Finds what the model was trained for in posts; the results are in their order.
    ///
    /// A model of relations asks for those between the pairs of entities that a post's relations name, whatever their
    /// type, or between its only two entities.
    /// - Parameter batchSize: the most posts that the model reads at once.
    /// - Throws: `TorchError`.
    public func extract(_ posts: [Post], batchSize: Int = 32) throws -> [Extraction] {
        let prepared = try prepare(posts)
        return zip(zip(posts, prepared), try answers(to: prepared, batchSize: batchSize)).map { pair, answer in
            Extraction(answer, of: pair.0, prepared: pair.1, task: configuration.task)
        }
    }

    /// The model's answer about a prepared post, in word offsets.
    package struct Answer: Sendable {
        package let annotation: ScoredAnnotation
        /// The outcomes of the pictures that are read.
        package let pictures: [PictureOutcome]
        /// Why the model did not read the post; nil where it did.
        package var refusal: String?
        /// How the post's own pairs compare with the others of its batch, where that was asked for.
        package var agreement = PostAgreement()
    }

    /// The model's answers to prepared posts, in their order.
    /// - Parameter comparing: how the posts of a batch are also compared, as the alignment does; they must be prepared for
    ///   it. Nil for not at all.
    /// - Throws: `TorchError`.
    package func answers(
        to posts: [PreparedPost], batchSize: Int, comparing: Comparison? = nil
    ) throws -> [Answer] {
        let comparing = configuration.alignment.isPlayed ? comparing : nil
        let batches = Self.batches(of: posts, size: batchSize)
        let swapped = comparing?.swaps == true ? Self.swappedBatches(of: batches.count) : []
        @Sendable func answers(_ number: Int, _ indices: ArraySlice<Int>) throws -> [Answer] {
            try withTrainingMode(false) {
                let posts = indices.map { posts[$0] }
                let seen = try batch(
                    posts, isAligned: comparing != nil, mergesEqual: comparing?.mergesEqual ?? true)
                guard comparing != nil else {
                    return zip(try model.annotations(seen.batch, precision: precision), seen.outcomes).map {
                        Answer(annotation: $0, pictures: $1)
                    }
                }
                let (annotations, games) = try model.annotationsAndGames(seen.batch, precision: precision)
                let agreements = try agreements(of: posts, games, swapping: swapped.contains(number))
                return annotations.indices.map {
                    Answer(annotation: annotations[$0], pictures: seen.outcomes[$0], agreement: agreements[$0])
                }
            }
        }
        let results = try map(batches, answers)
        var ordered = posts.map { post in
            post.encoded.refusal.map {
                Answer(annotation: ScoredAnnotation(), pictures: post.pictureOutcomes, refusal: $0)
            }
        }
        for (indices, answers) in zip(batches, results) {
            for (index, answer) in zip(indices, answers) { ordered[index] = answer }
        }
        return ordered.compactMap { $0 }
    }

    /// The posts that the model reads in batches, the longest first, of as many rows as posts are wanted; a post that has
    /// more is alone.
    static func batches(of posts: [PreparedPost], size: Int) -> [ArraySlice<Int>] {
        let plan = posts.indices.filter { posts[$0].encoded.refusal == nil }
            .sorted { (posts[$0].encoded.length, $0) > (posts[$1].encoded.length, $1) }
        var batches: [ArraySlice<Int>] = []
        var (start, count) = (0, 0)
        for (place, post) in plan.enumerated() {
            let rows = posts[post].encoded.rowCount
            if place > start, count + rows > size {
                batches.append(plan[start..<place])
                (start, count) = (place, 0)
            }
            count += rows
        }
        return start < plan.count ? batches + [plan[start...]] : batches
    }

    /// What is made of every batch, in their order; on the CPU several at a time.
    func map<Value: Sendable>(
        _ batches: [ArraySlice<Int>],
        _ body: @escaping @Sendable (_ number: Int, _ posts: ArraySlice<Int>) throws -> Value
    ) throws -> [Value] {
        let numbered = Array(batches.enumerated())
        return try model.device.isCPU ? Engine.concurrentMap(numbered, body) : numbered.map { try body($0, $1) }
    }

    /// Turns posts into the items of batches, without gold annotation.
    /// - Parameter isAligned: whether the alignment will compare the posts.
    /// - Throws: `TorchError`.
    package func prepare(_ posts: [Post], isAligned: Bool = false) throws -> [PreparedPost] {
        let chunks = stride(from: 0, to: posts.count, by: Self.chunkSize).map { start in
            Array(posts[start..<min(start + Self.chunkSize, posts.count)])
        }
        let encoded = try Engine.concurrentMap(chunks) { [encoder] in try encoder.encode($0, isAligned: isAligned) }
        return zip(posts, encoded.joined()).map { post, encoded in
            let read = post.pictures.prefix(configuration.maximumPictures)
            return PreparedPost(
                words: encoded.words, encoded: encoded.post, pictures: read.map { input(of: $0, of: post.id) },
                omittedPictures: post.pictures.count - read.count)
        }
    }

    /// Turns annotated posts into the items of batches for training.
    /// - Returns: the posts, how many entities do not begin and end with words, and how many share words with one before
    ///   them, which tags cannot express and the table of word pairs only in part.
    /// - Throws: ``ExtractionError`` for a post that the model does not read, `LabelError` for tags of a type that its labels
    ///   lack; `TorchError`.
    package func prepareForTraining(
        _ posts: [Post]
    ) throws -> (posts: [PreparedPost], unfindable: Int, overlapping: Int) {
        var (unfindable, overlapping) = (0, 0)
        var prepared = try prepare(posts, isAligned: true)
        for (index, post) in posts.enumerated() {
            if let reason = prepared[index].encoded.refusal {
                throw ExtractionError.refused(post: post.id, reason: reason)
            }
            let fitting = prepared[index].encoded.wordStarts.count
            let encoded = try EncodedTarget(post, prepared[index].words, fitting: fitting, configuration)
            prepared[index].encoded.target = encoded.target
            unfindable += encoded.unfindable
            overlapping += encoded.overlapping
        }
        return (prepared, unfindable, overlapping)
    }

    /// Posts side by side.
    package struct PostBatch {
        package let batch: Batch
        /// The outcomes of each post's pictures.
        package let outcomes: [[PictureOutcome]]
        /// Why features of pictures cannot be kept, if that is so.
        package let cacheFailure: String?

        /// Why pictures could not be used, or their features kept.
        package var pictureProblems: [String] {
            [cacheFailure].compactMap { $0 } + outcomes.joined().compactMap(\.reason)
        }
    }

    /// Puts posts side by side and looks at their pictures.
    /// - Parameters:
    ///   - isTrained: whether gradients reach an image encoder that is not frozen.
    ///   - isAligned: whether the batch has the alignment's input.
    ///   - mergesEqual: whether equal posts are one player of the games.
    /// - Throws: `TorchError`.
    package func batch(
        _ posts: [PreparedPost], isTrained: Bool = false, isAligned: Bool = false, mergesEqual: Bool = true
    ) throws -> PostBatch {
        try withTorchErrors {
            let pictures = posts.flatMap(\.pictures)
            let seen = pictureReader?.read(pictures, trained: isTrained)
            let outcomes = (seen?.outcomes ?? pictures.map { _ in PictureOutcome(.none) }).divided(among: posts)
            let batch = Batch(
                posts.map(\.encoded),
                seen: outcomes.map { outcomes in outcomes.indices.filter { outcomes[$0].status == .used } },
                pictures: seen?.pictures, paddingID: tokenizer.paddingID,
                alignment: isAligned ? configuration.alignment.encodingOfGames : nil,
                identities: isAligned && mergesEqual ? identities(of: posts) : nil, device: model.device)
            return PostBatch(batch: batch, outcomes: outcomes, cacheFailure: seen?.cacheFailure)
        }
    }

    private func identities(of posts: [PreparedPost]) -> [ItemIdentity] {
        let pictures = posts.flatMap(\.pictures)
        let hashes = (pictureReader?.hashes(of: pictures) ?? pictures.map { _ in nil }).divided(among: posts)
        return zip(posts, hashes).map { post, hashes in
            ItemIdentity(
                text: post.words.words, contexts: post.encoded.contexts.indices.map(post.encoded.contextPieces),
                pictures: hashes)
        }
    }

    /// Looks at every picture once, so that a frozen encoder's features are in the cache.
    /// - Returns: why pictures could not be used.
    package func cacheFeatures(of posts: [PreparedPost]) -> [String] {
        guard let pictureReader else { return [] }
        return stride(from: 0, to: posts.count, by: 256).flatMap { start in
            let seen = pictureReader.read(
                posts[start..<min(start + 256, posts.count)].flatMap(\.pictures), trained: false)
            return [seen.cacheFailure].compactMap { $0 } + seen.outcomes.compactMap(\.reason)
        }
    }

    private func input(of picture: Post.Picture, of post: String) -> PreparedPost.Picture {
        guard pictureReader != nil else { return .absent(PictureOutcome(.none)) }
        if let url = picture.imageURL {
            return FileManager.default.fileExists(atPath: url.path) ? .file(url) : .absent(PictureOutcome(.missing))
        }
        return .absent(picture.image.map { PictureOutcome(outside: $0, post: post) } ?? PictureOutcome(.none))
    }
}

extension Array {
    /// What belongs to the pictures of posts, a post each.
    fileprivate func divided(among posts: [PreparedPost]) -> [[Element]] {
        var rest = self[...]
        return posts.map { post in
            defer { rest = rest.dropFirst(post.pictures.count) }
            return [Element](rest.prefix(post.pictures.count))
        }
    }
}
