import Corpus
import Foundation
import Language

/// From posts to numbers: words, pieces, parts of speech and, for training, the gold annotation.
package struct PostEncoder: Sendable {
    private let tokenizer: any Tokenizer
    private let tagger: PartOfSpeechTagger?
    private let splitter = PostSplitter()
    private let markers: EntityMarkers?
    private let configuration: ModelConfiguration

    /// - Parameters:
    ///   - tokenizer: that of the model's text encoder.
    ///   - tagger: that which gave `configuration.partsOfSpeech`; nil where there are none.
    /// - Throws: `TokenizerError` where the vocabulary has no markers and `configuration.mre` asks for them.
    package init(_ configuration: ModelConfiguration, tokenizer: any Tokenizer, tagger: PartOfSpeechTagger?) throws {
        self.configuration = configuration
        self.tokenizer = tokenizer
        self.tagger = tagger
        markers = configuration.mre.markers ? try EntityMarkers(tokenizer) : nil
    }

    /// Encodes posts, without their gold annotation.
    /// - Parameter isAligned: whether the alignment will compare what is encoded.
    /// - Throws: `TorchError` from the tagger.
    package func encode(_ posts: [Post], isAligned: Bool = false) throws -> [(words: PostWords, post: EncodedPost)] {
        let words = posts.map { PostWords($0, splitter: splitter) }
        let partsOfSpeech = try tagger?(words.map(\.words)) ?? words.map { _ in [] }
        return zip(zip(posts, words), partsOfSpeech).map { pair, partsOfSpeech in
            let (post, words) = pair
            return (words, encode(post, words, partsOfSpeech: partsOfSpeech, isAligned: isAligned))
        }
    }

    /// Text and contexts side by side where they fit with at least half of the room for the contexts; else by `overlong`: the text
    /// in windows, or as many of its whole words as fit, and the contexts what is left.
    private func encode(
        _ post: Post, _ words: PostWords, partsOfSpeech: [Int], isAligned: Bool
    ) -> EncodedPost {
        let query = RelationQuery(words.annotation(of: post))
        var pieces = [[Int]](repeating: [], count: words.words.count)
        for piece in tokenizer.encode(words: words.words) { pieces[piece.word].append(piece.id) }
        pieces = pieces.map { $0.isEmpty ? [tokenizer.specialTokens.unknown] : $0 }
        let marked = markers?.mark(pieces, query) ?? pieces.map { ($0, 0) }
        let contexts = JoinedContexts(
            post.pictures.prefix(configuration.maximumPictures).map { contextIDs($0.context) },
            separator: tokenizer.specialTokens.separator)
        let layout = TextLayout(marked, contextCount: contexts.pieces.count, configuration, tokenizer)
        let read = contexts.prefix(layout.contextRoom)
        let sequence = tokenizer.frame(layout.text, read.pieces.isEmpty ? nil : read.pieces)
        let needsParts = isAligned && configuration.alignment.usesSeparateEncoding
        let parts =
            needsParts
            ? EncodedPost.Parts(text: tokenizer.frame(layout.text, nil), context: tokenizer.frame(read.pieces, nil))
            : nil
        return EncodedPost(
            sequence: sequence, contexts: read.ranges, windows: layout.windows, parts: parts,
            wordStarts: layout.wordStarts.map { sequence.text.lowerBound + $0 },
            partsOfSpeech: partsOfSpeech.prefix(layout.wordStarts.count).map { $0 + 1 }, query: query,
            droppedWords: words.words.count - layout.wordStarts.count,
            contextIsCut: contexts.pieces.count > read.pieces.count,
            refusal: layout.refusal ?? configuration.task.refusal(words: layout.wordStarts.count))
    }

    /// The pieces of a context, one more than fits at most; none where contexts are not read.
    private func contextIDs(_ context: String?) -> [Int] {
        guard configuration.usesContext, let context else { return [] }
        return tokenizer.encode(context, atMost: configuration.maximumLength + 1).map(\.id)
    }
}

extension ExtractionTask {
    /// Why a post of so many words is not read; nil where it is.
    fileprivate func refusal(words: Int) -> String? {
        guard self == .joint, words > WordPairTable.mostWords else { return nil }
        let millions = String(format: "%.0f", Double(words) * Double(words + 1) / 2e6)
        return "its \(words) words make \(millions) million pairs; at most \(WordPairTable.mostWords) words are "
            + "searched for relations, so divide the post"
    }
}

/// The gold annotation of a post, and what of it the task cannot express.
struct EncodedTarget {
    let target: EncodedPost.Target
    /// Entities that do not begin and end with words.
    let unfindable: Int
    /// Entities that share words with one before them.
    let overlapping: Int

    /// - Throws: `LabelError` for tags of a type that the labels lack.
    init(_ post: Post, _ words: PostWords, fitting count: Int, _ configuration: ModelConfiguration) throws {
        unfindable = words.unfindable(post.entities)
        let annotation = words.annotation(of: post)
        guard configuration.task.findsEntities else {
            target = EncodedPost.Target(annotation: annotation)
            overlapping = 0
            return
        }
        let entities = post.entities.compactMap { words.wordEntity($0)?.entity }
        let disjoint = entities.withoutOverlaps
        overlapping = entities.count - disjoint.count
        guard configuration.task.usesTags else {
            target = EncodedPost.Target(annotation: annotation)
            return
        }
        let labels = configuration.labels
        let tags = Array(try labels.tagIndices(for: disjoint, count: words.words.count).prefix(count))
        let hidden = post.annotatedTypes.map { Set(labels.entityTypes).subtracting($0) } ?? []
        target = EncodedPost.Target(
            tags: tags, allowedTags: AllowedTags(tags, hiding: hidden, labels: labels), annotation: annotation)
    }
}

extension [Entity] {
    /// The entities that share no word with one before them.
    fileprivate var withoutOverlaps: [Entity] {
        var covered: Set<Int> = []
        return filter { entity in
            guard covered.isDisjoint(with: entity.start..<entity.end) else { return false }
            covered.formUnion(entity.start..<entity.end)
            return true
        }
    }
}
