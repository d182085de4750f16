/// What the alignment has reached on a split: whether own pairs are told from others.
package struct AlignmentDiagnosis: Sendable, Codable, Equatable {
    /// Texts with contexts; nil where this term has no weight.
    package var text: Side?
    /// Pictures with contexts, or with texts when aligned directly; nil where this term has no weight.
    package var picture: Side?

    /// One of the two terms: of a pair, or the means over the pairs of a post or over the posts that have a game.
    package struct Side: Sendable, Codable, Equatable {
        /// The cosine with the own context.
        package var own: Double
        /// The mean cosine with the contexts of the other players of the batch.
        package var others: Double
        /// The share of those whose own context has the largest cosine: 1 or 0 for one pair.
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
        text = Side(meanOf: posts.compactMap(\.text))
        picture = Side(meanOf: posts.compactMap(\.picture))
    }
}

/// How a post's own pairs compare with the other pairs of its batch.
package struct PostAgreement: Sendable, Equatable {
    /// Nil where the post has no game of this term.
    package var text: AlignmentDiagnosis.Side?
    package var picture: AlignmentDiagnosis.Side?
}

extension AlignmentDiagnosis.Side {
    /// The means; nil for none.
    init?(meanOf pairs: [Self]) {
        guard !pairs.isEmpty else { return nil }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let swapped = pairs.compactMap(\.swapped)
        self.init(
            own: mean(pairs.map(\.own)), others: mean(pairs.map(\.others)), top1: mean(pairs.map(\.top1)),
            swapped: swapped.isEmpty ? nil : mean(swapped))
    }

    /// The pairs of a game, an item each; none where all items are one player, or where the model has diverged and a cosine
    /// is not a number.
    static func pairs(of game: ShapCA.GameSides) -> [Self] {
        let players = game.players
        guard players.count > 1, game.cosines.joined().allSatisfy(\.isFinite) else { return [] }
        return game.cosines.enumerated().map { item, row in
            let others = players.means(of: row).enumerated().filter { $0.offset != players.owners[item] }.map(\.element)
            return Self(
                own: row[item], others: others.reduce(0, +) / Double(others.count),
                top1: others.allSatisfy { $0 < row[item] } ? 1 : 0)
        }
    }
}
