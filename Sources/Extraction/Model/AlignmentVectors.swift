import Torch

/// The vectors of a batch that are aligned, and which items have which (paper, section 3.2).
struct AlignmentVectors {
    /// x_t, `[batch, d]`
    var text: Tensor
    /// x_c, `[batch, d]`; nil where no item has a context.
    var context: Tensor?
    /// x_v mapped to the text's width, `[batch, d]`; nil where no item has a picture.
    var picture: Tensor?
    /// The items that have a context.
    var withContext: [Int]
    /// The items that have a picture.
    var withPicture: [Int]
    /// What tells equal items; nil where every item is a player.
    private let identities: [ItemIdentity]?

    /// The means over the pieces of texts and contexts.
    /// - Parameters:
    ///   - text, context: the encodings that hold each, `[batch, pieces, d]`.
    ///   - picture: x_v mapped to the text's width, `[batch, d]`.
    init(
        _ batch: Batch, _ input: Batch.AlignmentInput, text: Tensor, context: Tensor, picture: Tensor?,
        pooling: AlignmentOptions.Pooling
    ) {
        func mean(_ pieces: Tensor, _ weights: Tensor) -> Tensor {
            weights.to(pieces.dtype).matmul(pieces).squeezed(1)
        }
        self.text = pooling == .cls ? text.select(1, 0) : mean(text, input.textMean)
        self.context = batch.contextRows == nil ? nil : mean(context, input.contextMean)
        self.picture = picture
        (withContext, withPicture) = (batch.withContext, batch.withPicture)
        identities = input.identities
    }

    /// The two sides of a game, row j of one belonging to row j of the other.
    struct Sides {
        /// `[items, d]`
        let first: Tensor
        /// `[items, d]`
        let second: Tensor
        /// The places of the items in the batch.
        let items: [Int]
        let players: Players
    }

    /// Texts and contexts; nil where no item has both.
    var textSides: Sides? {
        sides(text, context, withContext) { (.words($0.text), .pieces($0.context)) }
    }

    /// Pictures, and contexts or texts; nil where no item has both.
    func pictureSides(_ via: AlignmentOptions.Via) -> Sides? {
        switch via {
        case .context:
            let both = Set(withContext)
            return sides(picture, context, withPicture.filter(both.contains)) {
                ($0.picture.map { .picture($0) }, .pieces($0.context))
            }
        case .direct:
            return sides(picture, text, withPicture) { ($0.picture.map { .picture($0) }, .words($0.text)) }
        }
    }

    private func sides(
        _ first: Tensor?, _ second: Tensor?, _ items: [Int],
        keys: (ItemIdentity) -> (first: ItemIdentity.Key?, second: ItemIdentity.Key?)
    ) -> Sides? {
        guard let first, let second, !items.isEmpty else { return nil }
        let players =
            identities.map { identities in
                let rows = items.map { keys(identities[$0]) }
                return Players(merging: [rows.map(\.first), rows.map(\.second)])
            } ?? Players(itemCount: items.count)
        guard items.count < first.size(0) else {
            return Sides(first: first, second: second, items: items, players: players)
        }
        let index = Tensor(items, shape: [items.count]).to(first.device)
        return Sides(
            first: first.indexSelect(0, index), second: second.indexSelect(0, index), items: items, players: players)
    }
}
