import Corpus
import Foundation
import Torch
import Vision

extension PreparedPost {
    /// Whether the model will see a picture, as far as is known before it is decoded.
    public var hasPicture: Bool {
        if case .absent = picture { false } else { true }
    }
}

extension Extractor {
    /// Turns posts into what batches are made of, with their gold tags.
    /// - Returns: the posts, how many entities do not begin and end with words, and how many share words with one before
    ///   them, which tags cannot express and the table of word pairs only in part.
    /// - Throws: `LabelError` for tags of a type that `labels` lacks; `TorchError`.
    public func prepare(
        _ posts: [Post], labels: LabelSet, imageURL: (Post) -> URL?
    ) throws -> (posts: [PreparedPost], misaligned: Int, overlapping: Int) {
        var (misaligned, overlapping) = (0, 0)
        var prepared = try prepare(posts, imageURL: imageURL)
        for (index, post) in posts.enumerated() {
            let words = prepared[index].words
            misaligned += words.misaligned(post.entities)
            guard model.configuration.task != .relations else { continue }
            let entities = post.entities.compactMap { words.wordEntity($0)?.entity }
            let disjoint = entities.withoutOverlaps
            overlapping += entities.count - disjoint.count
            guard model.configuration.task == .entities else { continue }
            let tags = try labels.tagIndices(for: disjoint, count: words.words.count)
            prepared[index].encoded.tags = Array(tags.prefix(prepared[index].encoded.wordStarts.count))
        }
        return (prepared, misaligned, overlapping)
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
