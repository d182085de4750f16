/// What the alignment has reached on a split: whether own pairs are told from others.
package struct AlignmentDiagnosis: Sendable, Codable, Equatable {
    /// Texts with contexts; nil where this term has no weight.
    package var text: Side?
    /// Pictures with contexts, or with texts when aligned directly; nil where this term has no weight.
    package var picture: Side?

    /// One of the two terms, means over the posts that have a game.
    package struct Side: Sendable, Codable, Equatable {
        /// The cosine with the post's own context.
        package var own: Double
        /// The cosine with the contexts of the other players of its batch.
        package var others: Double
        /// The share of posts whose own context has the largest cosine.
        package var top1: Double
        /// The cosine of a text with another post's context that was encoded with it as its own; nil for pictures. Near
        /// `own`, text and context agree because they have read each other, not because they belong together.
        package var swapped: Double?

        package init(own: Double, others: Double, top1: Double, swapped: Double? = nil) {
            (self.own, self.others, self.top1, self.swapped) = (own, others, top1, swapped)
        }

        /// How far own pairs are from others; below ``collapse`` the sides are not told apart.
        package var separation: Double { own - others }

        /// The separation below which a term is said to have collapsed.
        package static let collapse = 0.05
    }

    package init(text: Side? = nil, picture: Side? = nil) { (self.text, self.picture) = (text, picture) }

    /// The means over posts.
    package init(_ posts: [PostAgreement]) {
        text = Side(posts.compactMap(\.text))
        picture = Side(posts.compactMap(\.picture))
    }
}

/// How a post's own pairs compare with the other pairs of its batch.
package struct PostAgreement: Sendable, Equatable {
    /// Nil where the post has no game of this term.
    package var text: Pair?
    package var picture: Pair?

    /// A pair, or the means over the pairs of a post of several pictures.
    package struct Pair: Sendable, Equatable {
        /// The cosine of the pair.
        package var own: Double
        /// The mean cosine with the other players.
        package var others: Double
        /// The share of pairs whose cosine is the largest: 1 or 0 for one pair.
        package var top1: Double
        /// The cosine with a foreign context that was encoded with the text as its own.
        package var swapped: Double?
    }
}

extension AlignmentDiagnosis.Side {
    fileprivate init?(_ pairs: [PostAgreement.Pair]) {
        guard !pairs.isEmpty else { return nil }
        let mean = PostAgreement.Pair(meanOf: pairs)
        self.init(own: mean.own, others: mean.others, top1: mean.top1, swapped: mean.swapped)
    }
}

extension PostAgreement.Pair {
    /// The means over pairs; at least one.
    init(meanOf pairs: [PostAgreement.Pair]) {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let swapped = pairs.compactMap(\.swapped)
        self.init(
            own: mean(pairs.map(\.own)), others: mean(pairs.map(\.others)), top1: mean(pairs.map(\.top1)),
            swapped: swapped.isEmpty ? nil : mean(swapped))
    }

    /// The pairs of a game, an item each; none where all items are one player, or where the model has diverged and a cosine
    /// is not a number.
    static func pairs(of game: ShapCA.GameSides) -> [PostAgreement.Pair] {
        let players = game.players
        guard players.count > 1, game.cosines.joined().allSatisfy(\.isFinite) else { return [] }
        return game.cosines.enumerated().map { item, row in
            let others = players.means(of: row).enumerated().filter { $0.offset != players.owners[item] }.map(\.element)
            return PostAgreement.Pair(
                own: row[item], others: others.reduce(0, +) / Double(others.count),
                top1: others.allSatisfy { $0 < row[item] } ? 1 : 0)
        }
    }
}
