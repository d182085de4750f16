import Shapley
import Torch

/// The players that the items of a batch are in a game between two of their sides.
///
/// Items that are equal on a side that plays are one player: as players of their own, each would be punished for being
/// like its copy. A player's similarity is the mean of its members'. Every item still plays a game of its own.
package struct Players: Sendable, Equatable {
    /// The player that each item belongs to, `[items]`; numbered in the order of their first members.
    package let owners: [Int]
    /// The number of players.
    package let count: Int

    /// Every item is a player.
    package init(itemCount: Int) {
        owners = Array(0..<itemCount)
        count = itemCount
    }

    /// Items with an equal key on a side are one player, and so are those that equal items join.
    /// - Parameter sides: the key of each item, `[sides][items]`; an item without a key is equal to no other on that side.
    package init<Key: Hashable>(merging sides: [[Key?]]) {
        let items = sides.first?.count ?? 0
        var roots = Array(0..<items)
        func root(of item: Int) -> Int {
            var item = item
            while roots[item] != item { item = roots[item] }
            return item
        }
        for keys in sides {
            var first: [Key: Int] = [:]
            for case (let item, let key?) in keys.enumerated() {
                let (mine, other) = (root(of: item), root(of: first[key] ?? item))
                roots[max(mine, other)] = min(mine, other)
                first[key] = first[key] ?? item
            }
        }
        var numbers: [Int: Int] = [:]
        owners = (0..<items).map { item in
            let next = numbers.count
            numbers[root(of: item)] = numbers[root(of: item)] ?? next
            return numbers[root(of: item)] ?? next
        }
        count = numbers.count
    }

    /// The number of items.
    package var itemCount: Int { owners.count }

    /// Whether some items are one player.
    package var areMerged: Bool { count < itemCount }

    /// The number of members of each player, `[players]`.
    private var sizes: [Int] { owners.reduce(into: Array(repeating: 0, count: count)) { $0[$1] += 1 } }

    /// The mean of the items of each player: `[items]` to `[players]`.
    func means(of values: [Double]) -> [Double] {
        var sums = Array(repeating: 0.0, count: count)
        for (item, value) in values.enumerated() { sums[owners[item]] += value }
        return zip(sums, sizes).map { $0 / Double($1) }
    }

    /// The similarities of each item to the players: `[items, items]` to `[items, players]`.
    func pooled(_ similarities: GameMatrix) throws -> GameMatrix {
        areMerged ? try GameMatrix(rows: similarities.rows.map(means)) : similarities
    }

    /// The number of items that are one player with another.
    var mergedCount: Int {
        let sizes = sizes
        return owners.count { sizes[$0] > 1 }
    }

    /// Hands the gradient of the players on to their members: `[items, players]` to `[items, items]`.
    func spread(_ gradient: GameMatrix) throws -> GameMatrix {
        guard areMerged else { return gradient }
        let sizes = sizes
        return try GameMatrix(rows: gradient.rows.map { row in owners.map { row[$0] / Double(sizes[$0]) } })
    }

    /// The matrix that ``pooled(_:)`` multiplies with, `[items, players]`.
    func membership(on device: Device) -> Tensor {
        let sizes = sizes
        let weights = owners.flatMap { owner in
            (0..<count).map { $0 == owner ? 1 / Float(sizes[owner]) : 0 }
        }
        return Tensor(weights, shape: [itemCount, count]).to(device)
    }
}
