import Language
import Torch

/// Sequences of pieces side by side, padded to the longest.
struct TokenBatch: Sendable {
    /// `[batch, pieces]`
    let tokenIDs: Tensor
    /// `[batch, pieces]`
    let segmentIDs: Tensor
    /// `[batch, pieces]`, true for what is not padding; nil where nothing is.
    let attentionMask: Tensor?
    /// The number of pieces of the longest sequence.
    let width: Int

    /// - Parameter paddingID: the token with which the tokenizer fills rows.
    init(_ sequences: [TokenSequence], paddingID: Int, device: Device) {
        let width = sequences.map(\.ids.count).max() ?? 0
        let shape = [sequences.count, width]
        var ids = [Int](repeating: paddingID, count: sequences.count * width)
        var segments = [Int](repeating: 0, count: ids.count)
        var mask = [Bool](repeating: false, count: ids.count)
        for (item, sequence) in sequences.enumerated() {
            for (position, id) in sequence.ids.enumerated() {
                ids[item * width + position] = id
                segments[item * width + position] = position < sequence.secondSegment ? 0 : 1
                mask[item * width + position] = true
            }
        }
        tokenIDs = Tensor(ids, shape: shape).to(device)
        segmentIDs = Tensor(segments, shape: shape).to(device)
        attentionMask = mask.contains(false) ? Tensor(mask, shape: shape).to(device) : nil
        self.width = width
    }

    /// The matrix whose product with the encoding `[batch, pieces, d]` is the means over ranges: `[batch, 1, pieces]`.
    func mean(over ranges: [Range<Int>]) -> Tensor {
        var weights = [Float](repeating: 0, count: ranges.count * width)
        for (item, range) in ranges.enumerated() {
            for position in range { weights[item * width + position] = 1 / Float(range.count) }
        }
        return Tensor(weights, shape: [ranges.count, 1, width]).to(tokenIDs.device)
    }

    /// Rows of the flattened encoding `[batch * pieces, d]`, as indices `[batch, n]`; short items repeat their first piece.
    func rows(_ positions: [[Int]]) -> Tensor {
        let longest = max(1, positions.map(\.count).max() ?? 0)
        var rows: [Int] = []
        rows.reserveCapacity(positions.count * longest)
        for (item, positions) in positions.enumerated() {
            for index in 0..<longest { rows.append(item * width + (index < positions.count ? positions[index] : 0)) }
        }
        return Tensor(rows, shape: [positions.count, longest]).to(tokenIDs.device)
    }
}
