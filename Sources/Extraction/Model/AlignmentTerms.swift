import Shapley
import Torch

/// The similarity of the two sides of a batch: the means of the cosines that are aligned.
package struct AlignmentCosines: Sendable, Codable, Equatable {
    /// Of the pairs that belong together.
    package var own: Double
    /// Of all others. Where it is near `own`, the model does not distinguish the sides, whatever the loss says.
    package var others: Double

    /// - Parameters:
    ///   - similarities: `[items, players]`; at least two players.
    ///   - owners: the own player of each item.
    init(_ similarities: GameMatrix, owners: [Int]) {
        let total = owners.indices.reduce(0) { $0 + similarities[$1, owners[$1]] }
        own = total / Double(owners.count)
        others =
            (similarities.elements.reduce(0, +) - total) / Double(owners.count * (similarities.players - 1))
    }
}

/// One contrastive loss.
package struct AlignmentTerm {
    /// A scalar of the gradient graph.
    package let loss: Tensor
    package let cosines: AlignmentCosines
    /// The players of the games.
    package let players: Players
}

/// The alignment's share of the training loss (Eq. 6, 7 and 19).
package struct AlignmentTerms {
    /// Between texts and contexts, L_semantic; nil where there are fewer than two players or the term has no weight.
    package var text: AlignmentTerm?
    /// Between pictures and contexts, L_modality, or between pictures and texts when aligned directly.
    package var picture: AlignmentTerm?
    /// The items of all games, and those that are one player with another.
    private var items = (all: 0, merged: 0)

    /// Nothing is aligned.
    init() {}

    init(_ vectors: AlignmentVectors, alignment: ContrastiveAlignment, seed: UInt64) throws {
        let options = alignment.options
        func align(_ sides: AlignmentVectors.Sides?, seed: UInt64) throws -> AlignmentTerm? {
            guard let sides else { return nil }
            items.all += sides.players.itemCount
            items.merged += sides.players.mergedCount
            return try alignment(sides.first, sides.second, players: sides.players, seed: seed)
        }
        if options.textWeight > 0 { text = try align(vectors.textSides, seed: seed &* 2) }
        if options.pictureWeight > 0 {
            picture = try align(
                vectors.pictureSides(options.via), seed: options.via == .direct ? seed : seed &* 2 &+ 1)
        }
    }

    /// The terms with their weights, alpha and beta.
    func weighted(_ options: AlignmentOptions) -> (text: Tensor?, picture: Tensor?) {
        (text.map { $0.loss * options.textWeight }, picture.map { $0.loss * options.pictureWeight })
    }

    /// The share of the items of all games that are one player with another.
    package var mergedShare: Double? {
        items.all > 0 ? Double(items.merged) / Double(items.all) : nil
    }
}
