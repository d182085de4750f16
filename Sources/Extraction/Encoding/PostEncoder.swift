import Corpus
import Language

/// From posts to numbers: words, wordpieces and parts of speech.
public struct PostEncoder: Sendable {
    private let tokenizer: WordPieceTokenizer
    private let tagger: PartOfSpeechTagger
    private let splitter = PostSplitter()
    private let markers: EntityMarkers?
    private let usesContext: Bool
    private let maximumLength: Int

    /// - Parameters:
    ///   - marksEntities: whether heads and tails stand between markers.
    ///   - maximumLength: the most wordpieces of text and context together.
    /// - Throws: `TokenizerError` where the vocabulary has no markers.
    public init(
        tokenizer: WordPieceTokenizer, tagger: PartOfSpeechTagger, usesContext: Bool, marksEntities: Bool = false,
        maximumLength: Int
    ) throws(TokenizerError) {
        self.tokenizer = tokenizer
        self.tagger = tagger
        markers = marksEntities ? try EntityMarkers(tokenizer) : nil
        self.usesContext = usesContext
        self.maximumLength = maximumLength
    }

    /// A post with its words, encoded.
    public struct Encoded: Sendable {
        public let words: PostWords
        public let post: EncodedPost
    }

    /// Encodes posts, with their annotation but without gold tags.
    /// - Throws: `TorchError` from the tagger.
    public func encode(_ posts: [Post]) throws -> [Encoded] {
        let words = posts.map { PostWords($0, splitter: splitter) }
        let partsOfSpeech = try tagger(words.map(\.words))
        return zip(zip(posts, words), partsOfSpeech).map { pair, partsOfSpeech in
            let (post, words) = pair
            let encoded = encode(
                words.words, Annotation(post, words: words), context: usesContext ? post.context : nil,
                partsOfSpeech: partsOfSpeech)
            return Encoded(words: words, post: encoded)
        }
    }

    /// `[CLS] text [SEP] context [SEP]`: the text keeps as many whole words as fit, the context what is left.
    private func encode(
        _ words: [String], _ annotation: Annotation, context: String?, partsOfSpeech: [Int]
    ) -> EncodedPost {
        let special = tokenizer.specialTokens
        var pieces = [[Int]](repeating: [], count: words.count)
        for piece in tokenizer.encode(words: words) { pieces[piece.word].append(piece.id) }
        pieces = pieces.map { $0.isEmpty ? [special.unknown] : $0 }
        let marked = markers?.mark(pieces, annotation) ?? pieces.map { ($0, 0) }
        var tokenIDs = [special.classification]
        var wordStarts: [Int] = []
        for (word, lead) in marked {
            guard tokenIDs.count + word.count < maximumLength else { break }
            wordStarts.append(tokenIDs.count + lead)
            tokenIDs += word
        }
        let text = 1..<tokenIDs.count
        tokenIDs.append(special.separator)
        let room = max(0, maximumLength - tokenIDs.count - 1)
        let contextPieces = context.map { tokenizer.encode($0, atMost: room + 1) } ?? []
        let contextIDs = contextPieces.prefix(room).map(\.id)
        let start = tokenIDs.count
        if !contextIDs.isEmpty { tokenIDs += contextIDs + [special.separator] }
        return EncodedPost(
            tokenIDs: tokenIDs, text: text, wordStarts: wordStarts, context: start..<(start + contextIDs.count),
            partsOfSpeech: partsOfSpeech.prefix(wordStarts.count).map { $0 + 1 }, tags: [],
            annotation: annotation, droppedWords: words.count - wordStarts.count,
            contextIsCut: contextPieces.count > room)
    }
}
