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
    let withContext: [Int]
    let withPicture: [Int]
    let pictures: Pictures?

    /// The pictures of those posts that have one, in their order.
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
        /// `[batch, 1, pieces]`
        let contextMean: Tensor
        /// Text and context in two sequences; nil for the joint encoding.
        let separate: (text: TokenBatch, context: TokenBatch)?
        /// What tells equal items, which are one player; nil where every item is a player.
        var identities: [ItemIdentity]?
    }

    /// - Parameters:
    ///   - posts: at least one; all with a target, or none.
    ///   - hasPicture: which posts have a picture in `pictures`.
    ///   - paddingID: the token with which the tokenizer fills rows.
    ///   - alignment: the input of the alignment; nil for prediction, which compares nothing.
    ///   - identities: what tells equal posts, which are one player of the games; nil to make each post a player.
    ///   - device: the device of the model.
    package init(
        _ posts: [EncodedPost], hasPicture: [Bool], pictures: Pictures?, paddingID: Int,
        alignment encoding: AlignmentOptions.Encoding?, identities: [ItemIdentity]? = nil, device: Device = .cpu
    ) {
        tokens = TokenBatch(
            posts.map(\.sequence), windows: posts.map(\.windows), paddingID: paddingID, device: device)
        wordRows = tokens.rows(posts.map(\.wordStarts))
        withContext = posts.indices.filter { !posts[$0].sequence.pair.isEmpty }
        withPicture = posts.indices.filter { hasPicture[$0] }
        contextRows = withContext.isEmpty ? nil : tokens.rows(posts.map { Array($0.sequence.pair) })
        var alignment: AlignmentInput? =
            switch encoding {
            case .joint: AlignmentInput(joint: tokens, posts: posts)
            case .separate: AlignmentInput(separate: posts, paddingID: paddingID, device: device)
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
            zip(posts, hasPicture).map { post, hasPicture in
                FusionMasks.Item(
                    words: post.wordStarts.count, pieces: post.sequence.pair.count, hasPicture: hasPicture)
            }, device: device)
        wordCounts = posts.map(\.wordStarts.count)
        queries = posts.map(\.query)
        targets = posts.compactMap(\.target)
        self.pictures = pictures
    }

    var device: Device { tokens.device }

    /// Puts what belongs to pictures, `[pictures, …]`, in the places of their posts, `[batch, …]`, and 0 elsewhere.
    func spread(_ pictures: Tensor) -> Tensor {
        guard withPicture.count < wordCounts.count else { return pictures }
        let index = Tensor(withPicture, shape: [withPicture.count]).to(device)
        let shape = [wordCounts.count] + pictures.shape.dropFirst()
        return Tensor.zeros(shape, dtype: pictures.dtype, device: device).indexAdd(0, index, pictures)
    }
}

extension Batch.AlignmentInput {
    fileprivate init(joint tokens: TokenBatch, posts: [EncodedPost]) {
        textMean = tokens.mean(over: posts.map(\.sequence.text))
        contextMean = tokens.mean(over: posts.map(\.sequence.pair))
        separate = nil
    }

    fileprivate init(separate posts: [EncodedPost], paddingID: Int, device: Device) {
        let parts = posts.compactMap(\.parts)
        let text = TokenBatch(
            parts.map(\.text), windows: posts.map(\.windows), paddingID: paddingID, device: device)
        let context = TokenBatch(
            parts.map(\.context), windows: parts.map { _ in nil }, paddingID: paddingID, device: device)
        textMean = text.mean(over: parts.map(\.text.text))
        contextMean = context.mean(over: parts.map(\.context.text))
        separate = (text, context)
    }
}
