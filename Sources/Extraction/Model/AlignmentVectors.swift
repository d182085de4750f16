import Torch

/// The vectors of a batch that are aligned, and which items have which (paper, section 3.2).
///
/// An item is a picture with its context. The text of a post belongs to all its items, which are one player of the games that
/// texts play.
struct AlignmentVectors {
    /// x_t, `[batch, d]`
    var text: Tensor
    /// x_c, `[batch * places, d]`; nil where no item has a context.
    var context: Tensor?
    /// x_v mapped to the text's width, `[batch * places, d]`; nil where no item has a picture.
    var picture: Tensor?
    /// The items that have a context.
    let withContext: [PicturePlace]
    /// The items that have a picture.
    let withPicture: [PicturePlace]
    /// The row of an item among those of all places.
    private let row: (PicturePlace) -> Int
    /// What tells equal posts; nil where every post is a player.
    private let identities: [ItemIdentity]?

    /// The means over the pieces of texts and contexts.
    /// - Parameters:
    ///   - text, context: the encodings that hold each, `[batch, pieces, d]`.
    ///   - picture: x_v mapped to the text's width, `[batch * places, d]`.
    init(
        _ batch: Batch, _ input: Batch.AlignmentInput, text: Tensor, context: Tensor, picture: Tensor?,
        pooling: AlignmentOptions.Pooling
    ) {
        func mean(_ pieces: Tensor, _ weights: Tensor) -> Tensor {
            weights.to(pieces.dtype).matmul(pieces).reshaped([-1, pieces.size(-1)])
        }
        self.text = pooling == .cls ? text.select(1, 0) : mean(text, input.textMean)
        self.context = batch.contextRows == nil ? nil : mean(context, input.contextMean)
        self.picture = picture
        (withContext, withPicture, row) = (batch.withContext, batch.withPicture, batch.row)
        identities = input.identities
    }

    /// The two sides of a game, row j of one belonging to row j of the other.
    struct Sides {
        /// `[items, d]`
        let first: Tensor
        /// `[items, d]`
        let second: Tensor
        let items: [PicturePlace]
        let players: Players
    }

    /// Texts and contexts; nil where no item has both.
    var textSides: Sides? { sides(texts, contexts, withContext) }

    /// Pictures, and contexts or texts; nil where no item has both.
    func pictureSides(_ via: AlignmentOptions.Via) -> Sides? {
        switch via {
        case .context:
            let both = Set(withContext)
            return sides(pictures, contexts, withPicture.filter(both.contains))
        case .direct:
            return sides(pictures, texts, withPicture)
        }
    }

    /// What one side of a game has of each item.
    private struct Side {
        let vectors: Tensor?
        let row: (PicturePlace) -> Int
        /// What tells equal items; nil for an item that is equal to no other.
        let key: (PicturePlace) -> ItemIdentity.Key?
    }

    private var texts: Side {
        Side(vectors: text, row: \.post) { item in identities.map { .words($0[item.post].text) } ?? .post(item.post) }
    }

    private var contexts: Side {
        Side(vectors: context, row: row) { item in identities.map { .pieces($0[item.post].contexts[item.number]) } }
    }

    private var pictures: Side {
        Side(vectors: picture, row: row) { item in
            identities.flatMap { $0[item.post].pictures[item.number] }.map { .picture($0) }
        }
    }

    private func sides(_ first: Side, _ second: Side, _ items: [PicturePlace]) -> Sides? {
        guard let firstVectors = first.vectors, let secondVectors = second.vectors, !items.isEmpty else { return nil }
        func selected(_ vectors: Tensor, _ row: (PicturePlace) -> Int) -> Tensor {
            let rows = items.map(row)
            guard rows != Array(0..<vectors.size(0)) else { return vectors }
            return vectors.indexSelect(0, Tensor(rows, shape: [rows.count]).to(vectors.device))
        }
        return Sides(
            first: selected(firstVectors, first.row), second: selected(secondVectors, second.row), items: items,
            players: Players(merging: [items.map(first.key), items.map(second.key)]))
    }
}
