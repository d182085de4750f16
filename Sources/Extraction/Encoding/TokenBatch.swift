import Language
import Torch

/// Sequences of pieces side by side, padded to the longest; those that are too long for the encoder as several windows.
package struct TokenBatch: Sendable {
    /// `[rows, pieces]`; a row a sequence, or a row a window of it.
    let tokenIDs: Tensor
    /// `[rows, pieces]`
    let segmentIDs: Tensor
    /// `[rows, pieces]`, true for what is not padding; nil where nothing is.
    let attentionMask: Tensor?
    /// The number of pieces of the longest sequence.
    let width: Int
    private let count: Int
    /// How the states of sequences are put together; nil where every sequence is a row.
    private let assembly: Assembly?

    /// The most windows that are encoded at once.
    private static let mostWindows = 64

    /// - Parameters:
    ///   - windows: the windows of each sequence; nil for one that is read at once.
    ///   - paddingID: the token with which the tokenizer fills rows.
    init(_ sequences: [TokenSequence], windows: [TextWindows?], paddingID: Int, device: Device) {
        let rows = zip(sequences, windows).map { sequence, windows in
            windows.map { sequence.rows(of: $0) } ?? [sequence.row]
        }
        let flat = Array(rows.joined())
        let longest = flat.map(\.ids.count).max() ?? 0
        let shape = [flat.count, longest]
        var ids = [Int](repeating: paddingID, count: flat.count * longest)
        var segments = [Int](repeating: 0, count: ids.count)
        var mask = [Bool](repeating: false, count: ids.count)
        for (item, row) in flat.enumerated() {
            for (position, id) in row.ids.enumerated() {
                ids[item * longest + position] = id
                segments[item * longest + position] = position < row.secondSegment ? 0 : 1
                mask[item * longest + position] = true
            }
        }
        tokenIDs = Tensor(ids, shape: shape).to(device)
        segmentIDs = Tensor(segments, shape: shape).to(device)
        attentionMask = mask.contains(false) ? Tensor(mask, shape: shape).to(device) : nil
        width = sequences.map(\.ids.count).max() ?? 0
        count = sequences.count
        assembly =
            windows.contains { $0 != nil }
            ? Assembly(sequences, windows, width: width, rowWidth: longest, device: device) : nil
    }

    var device: Device { tokenIDs.device }

    /// The states of all pieces, `[batch, pieces, d]`.
    ///
    /// A piece of the text has its state from the window that owns it; what stands around the text has the mean of its states in
    /// all windows.
    package func encoded(by encoder: any TextEncoder) -> Tensor {
        guard let assembly else {
            return encoder(tokenIDs: tokenIDs, segmentIDs: segmentIDs, attentionMask: attentionMask)
        }
        let rows = tokenIDs.size(0)
        let parts = stride(from: 0, to: rows, by: Self.mostWindows).map { start in
            let length = min(Self.mostWindows, rows - start)
            func part(_ tensor: Tensor) -> Tensor { tensor.narrow(0, start: start, length: length) }
            return encoder(
                tokenIDs: part(tokenIDs), segmentIDs: part(segmentIDs), attentionMask: attentionMask.map(part))
        }
        let states = parts.count > 1 ? Tensor.concatenated(parts, 0) : parts[0]
        return assembly(states).reshaped([count, width, states.size(-1)])
    }

    /// The matrix whose product with the encoding `[batch, pieces, d]` is the means over ranges: `[batch, places, pieces]`.
    /// - Parameter ranges: those of each item, at most `places`; what lacks one is 0.
    func mean(over ranges: [[Range<Int>]], places: Int = 1) -> Tensor {
        var weights = [Float](repeating: 0, count: ranges.count * places * width)
        for (item, ranges) in ranges.enumerated() {
            for (place, range) in ranges.enumerated() {
                for position in range { weights[(item * places + place) * width + position] = 1 / Float(range.count) }
            }
        }
        return Tensor(weights, shape: [ranges.count, places, width]).to(device)
    }

    /// Rows of the flattened encoding `[batch * pieces, d]`, as indices `[batch, n]`; short items repeat their first piece.
    func rows(_ positions: [[Int]]) -> Tensor {
        let longest = max(1, positions.map(\.count).max() ?? 0)
        var rows: [Int] = []
        rows.reserveCapacity(positions.count * longest)
        for (item, positions) in positions.enumerated() {
            for index in 0..<longest { rows.append(item * width + (index < positions.count ? positions[index] : 0)) }
        }
        return Tensor(rows, shape: [positions.count, longest]).to(device)
    }
}

/// Puts the states of sequences together from those of their windows.
private struct Assembly: Sendable {
    /// Places in the flattened states of windows.
    private let sources: Tensor
    /// The places of the same in the flattened states of sequences.
    private let targets: Tensor
    /// `[sources, 1]`
    private let weights: Tensor
    private let count: Int

    init(_ sequences: [TokenSequence], _ windows: [TextWindows?], width: Int, rowWidth: Int, device: Device) {
        var (sources, targets, weights) = ([Int](), [Int](), [Float]())
        var row = 0
        for (item, (sequence, windows)) in zip(sequences, windows).enumerated() {
            func add(_ position: Int, from row: Int, _ place: Int, weight: Float = 1) {
                sources.append(row * rowWidth + place)
                targets.append(item * width + position)
                weights.append(weight)
            }
            guard let windows = windows?.windows else {
                for position in sequence.ids.indices { add(position, from: row, position) }
                row += 1
                continue
            }
            let (text, share) = (sequence.text, 1 / Float(windows.count))
            for window in windows {
                for position in 0..<text.lowerBound { add(position, from: row, position, weight: share) }
                for piece in window.owned {
                    add(text.lowerBound + piece, from: row, text.lowerBound + piece - window.pieces.lowerBound)
                }
                let missing = text.count - window.pieces.count
                for position in text.upperBound..<sequence.ids.count {
                    add(position, from: row, position - missing, weight: share)
                }
                row += 1
            }
        }
        self.sources = Tensor(sources, shape: [sources.count]).to(device)
        self.targets = Tensor(targets, shape: [targets.count]).to(device)
        self.weights = Tensor(weights, shape: [weights.count, 1]).to(device)
        count = sequences.count * width
    }

    /// `[rows, pieces, d]` to `[batch * pieces, d]`, 0 where there is padding.
    func callAsFunction(_ states: Tensor) -> Tensor {
        let d = states.size(-1)
        let picked = states.reshaped([-1, d]).indexSelect(0, sources) * weights.to(states.dtype)
        return Tensor.zeros([count, d], dtype: states.dtype, device: states.device).indexAdd(0, targets, picked)
    }
}

extension TokenSequence {
    fileprivate typealias Row = (ids: [Int], secondSegment: Int)

    /// The whole sequence as the encoder reads it.
    fileprivate var row: Row { (ids, secondSegment) }

    /// The windows of the text, each with all that stands around the text.
    fileprivate func rows(of windows: TextWindows) -> [Row] {
        windows.windows.map { window in
            let read = (text.lowerBound + window.pieces.lowerBound)..<(text.lowerBound + window.pieces.upperBound)
            return (
                Array(ids[..<text.lowerBound] + ids[read] + ids[text.upperBound...]),
                secondSegment - (text.count - window.pieces.count)
            )
        }
    }
}
