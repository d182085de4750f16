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
    /// - Returns: the posts, and how many entities do not begin and end with words.
    /// - Throws: `LabelError` for tags of a type that `labels` lacks or of entities that overlap; `TorchError`.
    public func prepare(
        _ posts: [Post], labels: LabelSet, imageURL: (Post) -> URL?
    ) throws -> (posts: [PreparedPost], misaligned: Int) {
        var misaligned = 0
        var prepared = try prepare(posts, imageURL: imageURL)
        for (index, post) in posts.enumerated() {
            let words = prepared[index].words
            let entities = post.entities.compactMap { words.wordEntity($0) }
            misaligned += entities.count { !$0.isAligned }
            guard model.configuration.task == .entities else { continue }
            let tags = try labels.tagIndices(for: entities.map(\.entity), count: words.words.count)
            prepared[index].encoded.tags = Array(tags.prefix(prepared[index].encoded.wordStarts.count))
        }
        return (prepared, misaligned)
    }
}
