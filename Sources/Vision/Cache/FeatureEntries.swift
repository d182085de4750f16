import Torch

/// Memory for the cache entries of several pictures, side by side.
final class FeatureEntries: @unchecked Sendable {
    private let start: UnsafeMutableRawPointer
    private let shape: [Int]
    private let entryCount: Int

    /// Room for `[count, regions + 1, width]` 16-bit floats, the last row of each being the summary.
    init(count: Int, encoder: any ImageEncoder) {
        shape = [count, encoder.regionCount + 1, encoder.width]
        entryCount = shape[1] * shape[2] * DType.float16.byteCount
        start = .allocate(byteCount: count * entryCount, alignment: 64)
    }

    deinit {
        start.deallocate()
    }

    /// The bytes of one picture's entry. Different ones may be written at the same time.
    subscript(index: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: start + index * entryCount, count: entryCount)
    }

    /// Fills the entries of pictures that have just been encoded.
    /// - Parameter indices: Where in the entries they are, in their order.
    func fill(_ indices: [Int], from features: ImageFeatures) {
        let rows = Tensor.concatenated([features.regions, features.pooled.unsqueezed(1)], 1)
        let limit = Double(Float16.greatestFiniteMagnitude)
        rows.clamped(to: -limit...limit).to(.float16).withUnsafeElements(as: UInt16.self) { elements in
            let source = UnsafeRawBufferPointer(elements)
            for (row, index) in indices.enumerated() {
                self[index].copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[row * entryCount..<(row + 1) * entryCount]))
            }
        }
    }

    /// The entries at those indices as features in 32-bit floats.
    func features(at indices: [Int], on device: Device) -> ImageFeatures {
        let all = Tensor(borrowing: start, shape: shape, dtype: .float16, keepAlive: self)
        let chosen = indices.count == shape[0] ? all : all.indexSelect(0, Tensor(indices, shape: [indices.count]))
        let rows = chosen.to(device).to(.float32)
        return ImageFeatures(
            regions: rows.narrow(1, start: 0, length: shape[1] - 1), pooled: rows.select(1, shape[1] - 1))
    }
}
