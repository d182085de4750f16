import Language
import Torch

extension Extractor {
    /// How the posts of a batch are compared beside being read.
    package struct Comparison: Sendable {
        /// Whether equal posts are one player, whose members are not among each other's others.
        package var mergesEqual: Bool
        /// Whether texts are also read with foreign contexts.
        package var swaps: Bool

        package init(mergesEqual: Bool = true, swaps: Bool = true) {
            (self.mergesEqual, self.swaps) = (mergesEqual, swaps)
        }
    }

    /// The batches in which texts are also read with foreign contexts: a few, since each costs a pass of its own.
    static func swappedBatches(of count: Int) -> Set<Int> {
        let wanted = min(count, 4)
        return Set((0..<wanted).map { $0 * count / wanted })
    }

    /// How the own pairs of a batch compare with the others, in the terms of the alignment that have a weight.
    /// - Parameter swapping: whether each text is also read with a foreign context.
    /// - Throws: `TorchError`.
    func agreements(of posts: [PreparedPost], _ games: ShapCA.Games, swapping: Bool) throws -> [PostAgreement] {
        let options = configuration.alignment
        var agreements = posts.map { _ in PostAgreement() }
        if options.pictureWeight > 0, let game = games.picture {
            for (post, pair) in Self.means(AlignmentDiagnosis.Side.pairs(of: game), of: game.items) {
                agreements[post].picture = pair
            }
        }
        guard options.textWeight > 0, let game = games.text else { return agreements }
        var pairs = AlignmentDiagnosis.Side.pairs(of: game)
        let swapped = swapping ? try swappedCosines(posts, game) : nil
        for index in pairs.indices { pairs[index].swapped = swapped?[index] }
        for (post, pair) in Self.means(pairs, of: game.items) { agreements[post].text = pair }
        return agreements
    }

    /// The means over the items of each post that has some.
    private static func means(
        _ pairs: [AlignmentDiagnosis.Side], of items: [PicturePlace]
    ) -> [Int: AlignmentDiagnosis.Side] {
        Dictionary(grouping: zip(items, pairs), by: \.0.post).compactMapValues { .init(meanOf: $0.map(\.1)) }
    }

    /// The cosine of each text of a game with the context of the next player, encoded with it as its own; nil where there
    /// is no other player, or a cosine is not a number.
    private func swappedCosines(_ posts: [PreparedPost], _ game: ShapCA.GameSides) throws -> [Double]? {
        let owners = game.players.owners
        guard game.players.count > 1 else { return nil }
        let partners = owners.indices.map { item in
            (1..<owners.count).lazy.map { (item + $0) % owners.count }.first { owners[$0] != owners[item] } ?? item
        }
        guard !configuration.alignment.usesSeparateEncoding else {
            return partners.enumerated().map { game.cosines[$0.offset][$0.element] }
        }
        let strangers = zip(game.items, partners).map { item, partner in
            let stranger = game.items[partner]
            return posts[item.post].reading(
                context: stranger.number, of: posts[stranger.post], tokenizer: tokenizer,
                maximumLength: configuration.maximumLength)
        }
        let read = try batch(strangers, isAligned: true, mergesEqual: false).batch
        let cosines = try model.games(read, precision: precision).text?.cosines
        return cosines.map { cosines in cosines.indices.map { cosines[$0][$0] } }.flatMap { own in
            own.allSatisfy(\.isFinite) ? own : nil
        }
    }
}

extension PreparedPost {
    /// The same text beside one context of another post, as much of it as fits, without a picture.
    fileprivate func reading(
        context number: Int, of other: PreparedPost, tokenizer: any Tokenizer, maximumLength: Int
    ) -> PreparedPost {
        let (own, foreign) = (encoded.sequence, other.encoded.contextPieces(of: number))
        let text = Array(own.ids[own.text])
        let beside = maximumLength - tokenizer.frameLength(pair: true) - text.count
        let room = encoded.windows == nil ? max(1, beside) : own.pair.count
        let read = Array(foreign.prefix(room))
        var post = PreparedPost(words: words, encoded: encoded, pictures: [])
        (post.encoded.sequence, post.encoded.contexts) = (tokenizer.frame(text, read), [0..<read.count])
        return post
    }
}
