import Torch
import Vision

/// Posts side by side, padded to the longest: what a step of training or prediction works on.
public struct Batch: Sendable {
    /// `[CLS] text [SEP] context [SEP]`
    let tokens: TokenBatch
    /// Where each word starts, as rows of the flattened encoding: `[batch, words]`.
    let wordRows: Tensor
    /// The same for every piece of the contexts: `[batch, context pieces]`; nil where no post has a context.
    let contextRows: Tensor?
    /// What the alignment compares.
    let alignment: AlignmentInput
    /// `[batch, words]`
    let partsOfSpeech: Tensor
    let masks: FusionMasks
    /// The number of words of each post.
    public let wordCounts: [Int]
    /// The gold tags of each post.
    public let tags: [[Int]]
    /// What is annotated or given in each post.
    let annotations: [Annotation]
    let withContext: [Int]
    let withPicture: [Int]
    let pictures: Pictures?

    /// The pictures of those posts that have one, in their order.
    public enum Pictures: Sendable {
        /// What a frozen encoder saw.
        case features(ImageFeatures)
        /// What an encoder that is trained along will look at: `[pictures, 3, height, width]`.
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
    }

    /// - Parameters:
    ///   - posts: at least one.
    ///   - hasPicture: which posts have a picture in `pictures`.
    ///   - encoding: what the alignment will compare.
    ///   - device: where the model is.
    public init(
        _ posts: [EncodedPost], hasPicture: [Bool], pictures: Pictures?, encoding: AlignmentOptions.Encoding,
        device: Device = .cpu
    ) {
        tokens = TokenBatch(
            posts.map(\.tokenIDs), secondSegment: posts.map { $0.text.upperBound + 1 }, device: device)
        wordRows = tokens.rows(posts.map(\.wordStarts))
        withContext = posts.indices.filter { !posts[$0].context.isEmpty }
        withPicture = posts.indices.filter { hasPicture[$0] }
        contextRows = withContext.isEmpty ? nil : tokens.rows(posts.map { Array($0.context) })
        alignment =
            switch encoding {
            case .joint: AlignmentInput(joint: tokens, posts: posts)
            case .separate: AlignmentInput(separating: posts, device: device)
            }
        let words = wordRows.size(1)
        let partsOfSpeech = posts.flatMap { post in
            post.partsOfSpeech + [Int](repeating: 0, count: words - post.partsOfSpeech.count)
        }
        self.partsOfSpeech = Tensor(partsOfSpeech, shape: [posts.count, words]).to(device)
        masks = FusionMasks(
            zip(posts, hasPicture).map { post, hasPicture in
                FusionMasks.Item(words: post.wordStarts.count, pieces: post.context.count, hasPicture: hasPicture)
            }, device: device)
        wordCounts = posts.map(\.wordStarts.count)
        tags = posts.map(\.tags)
        annotations = posts.map(\.annotation)
        self.pictures = pictures
    }

    var device: Device { tokens.tokenIDs.device }

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
        textMean = tokens.mean(over: posts.map(\.text))
        contextMean = tokens.mean(over: posts.map(\.context))
        separate = nil
    }

    /// `[CLS] text [SEP]` and `[CLS] context [SEP]`.
    fileprivate init(separating posts: [EncodedPost], device: Device) {
        func sequence(_ post: EncodedPost, _ range: Range<Int>) -> [Int] {
            [post.tokenIDs[0]] + post.tokenIDs[range] + [post.tokenIDs[post.tokenIDs.count - 1]]
        }
        func batch(_ range: KeyPath<EncodedPost, Range<Int>>) -> (TokenBatch, mean: Tensor) {
            let sequences = posts.map { sequence($0, $0[keyPath: range]) }
            let tokens = TokenBatch(sequences, secondSegment: sequences.map(\.count), device: device)
            return (tokens, tokens.mean(over: sequences.map { 1..<($0.count - 1) }))
        }
        let (text, context) = (batch(\.text), batch(\.context))
        textMean = text.mean
        contextMean = context.mean
        separate = (text.0, context.0)
    }
}
