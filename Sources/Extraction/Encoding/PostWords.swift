import Corpus
import Language

/// The words of a post and their places in it.
package struct PostWords: Sendable, Equatable {
    /// The words that the model reads.
    package let words: [String]
    /// Start and end of each word as offsets of the post: tokens, or Unicode scalars of a raw text.
    package let spans: [Range<Int>]

    /// Takes a post's tokens as they are, and splits a raw text.
    package init(_ post: Post, splitter: PostSplitter) {
        switch post.content {
        case .tokens(let tokens):
            words = tokens
            spans = tokens.indices.map { $0..<($0 + 1) }
        case .text(let text):
            let split = splitter(text)
            words = split.map(\.text)
            spans = split.map { $0.start..<$0.end }
        }
    }

    /// An entity in the post's offsets as the words that it touches; nil where it touches none.
    /// - Returns: the entity in words, and whether its ends are ends of words.
    package func wordEntity(_ entity: Entity) -> (entity: Entity, isAligned: Bool)? {
        guard let first = spans.firstIndex(where: { $0.upperBound > entity.start }),
            let last = spans.lastIndex(where: { $0.lowerBound < entity.end }), first <= last
        else { return nil }
        let aligned = spans[first].lowerBound == entity.start && spans[last].upperBound == entity.end
        return (Entity(start: first, end: last + 1, type: entity.type), aligned)
    }

    /// For each entity of a post, the offsets of the words that it touches where it does not begin and end with words; nil
    /// elsewhere, and where it touches none.
    package static func wordsCut(by post: Post) -> [Range<Int>?] {
        let words = PostWords(post, splitter: PostSplitter())
        return post.entities.map { entity in
            guard let found = words.wordEntity(entity), !found.isAligned else { return nil }
            let whole = words.postEntity(found.entity)
            return whole.start..<whole.end
        }
    }

    /// The number of entities that do not begin and end with words: no answer can equal them.
    package func unfindable(_ entities: [Entity]) -> Int { entities.count { wordEntity($0)?.isAligned != true } }

    /// The annotation of the post, in words; an entity that touches no word is empty, so relations keep their indices.
    package func annotation(of post: Post) -> Annotation {
        Annotation(
            entities: post.entities.map { wordEntity($0)?.entity ?? Entity(start: 0, end: 0, type: $0.type) },
            relations: post.relations)
    }

    /// An entity in words as offsets of the post.
    package func postEntity(_ entity: Entity) -> Entity {
        Entity(start: spans[entity.start].lowerBound, end: spans[entity.end - 1].upperBound, type: entity.type)
    }
}
