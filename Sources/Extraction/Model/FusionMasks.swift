import Torch

/// The words, context pieces and pictures that the items of a batch have, as masks.
package struct FusionMasks: Sendable {
    /// The number of words and context pieces of each item, and which of its pictures are seen.
    package struct Item: Sendable {
        package var words: Int
        package var pieces: Int
        /// Whether the picture at each place is seen, `[places]`; none where there are no pictures.
        package var pictures: [Bool]

        package init(words: Int, pieces: Int, pictures: [Bool]) {
            self.words = words
            self.pieces = pieces
            self.pictures = pictures
        }

        /// Whether the picture at a place is seen.
        func sees(_ place: Int) -> Bool { place < pictures.count && pictures[place] }

        /// Whether any picture is seen.
        package var hasPicture: Bool { pictures.contains(true) }
    }

    private let items: [Item]
    private let device: Device
    /// `[batch, pieces]`
    let context: Tensor
    /// `[batch, 1, 1]`; nil where all items have a context.
    let hasContext: Tensor?
    /// `[batch, 1, 1, words]`
    let wordsForAttention: Tensor?

    package init(_ items: [Item], device: Device = .cpu) {
        self.items = items
        self.device = device
        let pieces = max(1, items.map(\.pieces).max() ?? 0)
        context = Tensor(
            items.flatMap { item in (0..<pieces).map { $0 < item.pieces } }, shape: [items.count, pieces]
        ).to(device)
        let hasContext = items.map { $0.pieces > 0 }
        self.hasContext =
            hasContext.allSatisfy { $0 } ? nil : Tensor(hasContext, shape: [items.count, 1, 1]).to(device)
        let words = max(1, items.map(\.words).max() ?? 0)
        wordsForAttention = Self.mask(items.map { item in (0..<words).map { $0 < item.words } })?.to(device)
    }

    /// The same items without their pictures.
    func withoutPictures() -> FusionMasks {
        FusionMasks(items.map { Item(words: $0.words, pieces: $0.pieces, pictures: []) }, device: device)
    }

    var allHavePictures: Bool { items.allSatisfy(\.hasPicture) }

    /// The rows that the words of each item may look at: the regions of all its pictures, or its context pieces where it has none.
    /// - Parameter regions: the number of regions of all places together.
    /// - Returns: the mask `[batch, 1, 1, regions + pieces]`, and `[batch, 1, 1]` for items that have any; nil for
    ///   either where all of it is true.
    func rows(regions: Int, pieces: Int) -> (mask: Tensor?, present: Tensor?) {
        let regionsOfPicture = regions / max(1, items.map(\.pictures.count).max() ?? 0)
        let rows = items.map { item in
            (0..<regions).map { item.sees($0 / regionsOfPicture) }
                + (0..<pieces).map { !item.hasPicture && $0 < item.pieces }
        }
        let present = rows.map { $0.contains(true) }
        return (
            Self.mask(rows)?.to(device),
            present.allSatisfy { $0 } ? nil : Tensor(present, shape: [items.count, 1, 1]).to(device)
        )
    }

    /// A mask for attention, `[batch, 1, 1, n]`; an item without any row sees the first, and nil says that all see all.
    private static func mask(_ rows: [[Bool]]) -> Tensor? {
        guard !rows.allSatisfy({ $0.allSatisfy { $0 } }) else { return nil }
        let visible = rows.map { row in row.contains(true) ? row : row.indices.map { $0 == 0 } }
        return Tensor(Array(visible.joined()), shape: [rows.count, 1, 1, rows[0].count])
    }
}
