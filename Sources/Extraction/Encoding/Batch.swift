import Language
import Torch
import Vision

/// Posts side by side, padded to the longest: the input of a step of training or prediction.
package struct Batch: Sendable {
    /// `[CLS] text [SEP] context [SEP]`
    package let tokens: TokenBatch
    /// The start of each word, as rows of the flattened encoding: `[batch, words]`.
    package let wordRows: Tensor
    /// The same for every piece of the contexts: `[batch, context pieces]`; nil where no post has a context.
    let contextRows: Tensor?
    /// The input of the alignment; nil where there is nothing to compare.
    let alignment: AlignmentInput?
    /// `[batch, words]`
    let partsOfSpeech: Tensor
    let masks: FusionMasks
    /// The number of words of each post.
    package let wordCounts: [Int]
    /// The pairs of entities that each post asks about.
    let queries: [RelationQuery]
    /// The gold annotation of each post; empty where there is nothing to learn.
    let targets: [EncodedPost.Target]
    /// The most pictures that are read of a post of the batch, at least 1.
    let places: Int
    /// The pictures whose context is read.
    let withContext: [PicturePlace]
    /// The pictures that are seen.
    let withPicture: [PicturePlace]
    let pictures: Pictures?

    /// The pictures that are seen, in the order of posts.
    package enum Pictures: Sendable {
        /// The features of a frozen encoder.
        case features(ImageFeatures)
        /// The pictures for an encoder that is trained too: `[pictures, 3, height, width]`.
        case pixels(Tensor)
    }

    /// The pieces over which x_t and x_c are means.
    struct AlignmentInput: Sendable {
        /// `[batch, 1, pieces]`
        let textMean: Tensor
        /// `[batch, places, pieces]`
        let contextMean: Tensor
        /// Text and contexts in two sequences; nil for the joint encoding.
        let separate: (text: TokenBatch, context: TokenBatch)?
        /// What tells equal posts, which are one player; nil where every post is a player.
        var identities: [ItemIdentity]?
    }

    /// - Parameters:
    ///   - posts: at least one; all with a target, or none.
    ///   - seen: the numbers of the pictures of each post that are in `pictures`, ascending.
    ///   - paddingID: the token with which the tokenizer fills rows.
    ///   - alignment: the input of the alignment; nil for prediction, which compares nothing.
    ///   - identities: what tells equal posts, which are one player of the games; nil to make each post a player.
    ///   - device: the device of the model.
    package init(
        _ posts: [EncodedPost], seen: [[Int]], pictures: Pictures?, paddingID: Int,
        alignment encoding: AlignmentOptions.Encoding?, identities: [ItemIdentity]? = nil, device: Device = .cpu
    ) {
        tokens = TokenBatch(
            posts.map(\.sequence), windows: posts.map(\.windows), paddingID: paddingID, device: device)
        wordRows = tokens.rows(posts.map(\.wordStarts))
        let places = max(posts.map(\.contexts.count).max() ?? 0, 1 + (seen.joined().max() ?? 0))
        self.places = places
        withContext = posts.enumerated().flatMap { post, encoded in
            encoded.contexts.indices.filter { !encoded.contexts[$0].isEmpty }.map {
                PicturePlace(post: post, number: $0)
            }
        }
        withPicture = seen.enumerated().flatMap { post, numbers in
            numbers.map { PicturePlace(post: post, number: $0) }
        }
        let contexts = posts.map { $0.contexts(from: $0.sequence.pair.lowerBound) }
        contextRows = withContext.isEmpty ? nil : tokens.rows(contexts.map { Array($0.joined()) })
        var alignment: AlignmentInput? =
            switch encoding {
            case .joint: AlignmentInput(joint: tokens, posts, contexts: contexts, places: places)
            case .separate: AlignmentInput(separate: posts, places: places, paddingID: paddingID, device: device)
            case nil: nil
            }
        alignment?.identities = identities
        self.alignment = alignment
        let words = wordRows.size(1)
        let partsOfSpeech = posts.flatMap { post in
            post.partsOfSpeech + [Int](repeating: 0, count: words - post.partsOfSpeech.count)
        }
        self.partsOfSpeech = Tensor(partsOfSpeech, shape: [posts.count, words]).to(device)
        masks = FusionMasks(
            zip(posts, seen).map { post, seen in
                FusionMasks.Item(
                    words: post.wordStarts.count, pieces: post.contexts.reduce(0) { $0 + $1.count },
                    pictures: (0..<places).map(seen.contains))
            }, device: device)
        wordCounts = posts.map(\.wordStarts.count)
        queries = posts.map(\.query)
        targets = posts.compactMap(\.target)
        self.pictures = pictures
    }

    var device: Device { tokens.device }

    /// The row of a picture among those of all places, `[batch * places, …]`.
    func row(of place: PicturePlace) -> Int { place.post * places + place.number }

    /// Puts what belongs to the pictures that are seen, `[pictures, …]`, in their places, `[batch * places, …]`, and 0 elsewhere.
    func spread(_ pictures: Tensor) -> Tensor {
        let count = wordCounts.count * places
        guard withPicture.count < count else { return pictures }
        let index = Tensor(withPicture.map(row), shape: [withPicture.count]).to(device)
        let shape = [count] + pictures.shape.dropFirst()
        return Tensor.zeros(shape, dtype: pictures.dtype, device: device).indexAdd(0, index, pictures)
    }
}

extension Batch.AlignmentInput {
    fileprivate init(joint tokens: TokenBatch, _ posts: [EncodedPost], contexts: [[Range<Int>]], places: Int) {
        textMean = tokens.mean(over: posts.map { [$0.sequence.text] })
        contextMean = tokens.mean(over: contexts, places: places)
        separate = nil
    }

    fileprivate init(separate posts: [EncodedPost], places: Int, paddingID: Int, device: Device) {
        let parts = posts.compactMap(\.parts)
        let text = TokenBatch(
            parts.map(\.text), windows: posts.map(\.windows), paddingID: paddingID, device: device)
        let context = TokenBatch(
            parts.map(\.context), windows: parts.map { _ in nil }, paddingID: paddingID, device: device)
        textMean = text.mean(over: parts.map { [$0.text.text] })
        let contexts = zip(posts, parts).map { $0.contexts(from: $1.context.text.lowerBound) }
        contextMean = context.mean(over: contexts, places: places)
        separate = (text, context)
    }
}
