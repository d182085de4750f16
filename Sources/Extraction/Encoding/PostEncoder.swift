import Corpus
import Language

/// From posts to numbers: words, wordpieces, parts of speech and gold tags.
public struct PostEncoder: Sendable {
    private let tokenizer: WordPieceTokenizer
    private let tagger: PartOfSpeechTagger
    private let splitter = PostSplitter()
    private let usesContext: Bool
    private let maximumLength: Int

    /// - Parameters:
    ///   - maximumLength: the most wordpieces of text and context together.
    public init(
        tokenizer: WordPieceTokenizer, tagger: PartOfSpeechTagger, usesContext: Bool, maximumLength: Int
    ) {
        self.tokenizer = tokenizer
        self.tagger = tagger
        self.usesContext = usesContext
        self.maximumLength = maximumLength
    }

    /// A post with its words, encoded.
    public struct Encoded: Sendable {
        public let words: PostWords
        public let post: EncodedPost
    }

    /// Encodes posts without their annotation.
    /// - Throws: `TorchError` from the tagger.
    public func encode(_ posts: [Post]) throws -> [Encoded] {
        let words = posts.map { PostWords($0, splitter: splitter) }
        let partsOfSpeech = try tagger(words.map(\.words))
        return zip(zip(posts, words), partsOfSpeech).map { pair, partsOfSpeech in
            let (post, words) = pair
            let context = usesContext ? post.context : nil
            return Encoded(words: words, post: encode(words.words, context: context, partsOfSpeech: partsOfSpeech))
        }
    }

    /// Encodes posts with their gold tags.
    /// - Returns: the posts, and how many entities do not begin and end with words of their text.
    /// - Throws: `LabelError` for a type that `labels` lacks or entities that overlap; `TorchError`.
    public func encode(_ posts: [Post], labels: LabelSet) throws -> (posts: [EncodedPost], misaligned: Int) {
        var misaligned = 0
        let encoded = try zip(posts, encode(posts)).map { post, encoded in
            var entities: [Entity] = []
            for entity in post.entities {
                guard let (words, isAligned) = encoded.words.wordEntity(entity) else { continue }
                if !isAligned { misaligned += 1 }
                entities.append(words)
            }
            var result = encoded.post
            let tags = try labels.tagIndices(for: entities, count: encoded.words.words.count)
            result.tags = Array(tags.prefix(result.wordStarts.count))
            return result
        }
        return (encoded, misaligned)
    }

    /// `[CLS] text [SEP] context [SEP]`: the text keeps as many whole words as fit, the context what is left.
    private func encode(_ words: [String], context: String?, partsOfSpeech: [Int]) -> EncodedPost {
        let special = tokenizer.specialTokens
        var pieces = [[Int]](repeating: [], count: words.count)
        for piece in tokenizer.encode(words: words) { pieces[piece.word].append(piece.id) }
        var tokenIDs = [special.classification]
        var wordStarts: [Int] = []
        for word in pieces {
            guard tokenIDs.count + max(word.count, 1) < maximumLength else { break }
            wordStarts.append(tokenIDs.count)
            tokenIDs += word.isEmpty ? [special.unknown] : word
        }
        let text = 1..<tokenIDs.count
        tokenIDs.append(special.separator)
        let room = max(0, maximumLength - tokenIDs.count - 1)
        let contextIDs = context.map { tokenizer.encode($0).prefix(room).map(\.id) } ?? []
        let start = tokenIDs.count
        if !contextIDs.isEmpty { tokenIDs += contextIDs + [special.separator] }
        return EncodedPost(
            tokenIDs: tokenIDs, text: text, wordStarts: wordStarts, context: start..<(start + contextIDs.count),
            partsOfSpeech: partsOfSpeech.prefix(wordStarts.count).map { $0 + 1 }, tags: [],
            droppedWords: words.count - wordStarts.count)
    }
}
