/// A tensor as a file describes it: its type and layout, and where its bytes are.
struct StoredTensor: Equatable {
    var dtype: DType
    var shape: [Int]
    /// Elements from one index to the next, a dimension.
    var strides: [Int]
    /// The first element, counted in elements from the beginning of its storage.
    var offset = 0

    /// The most dimensions that the engine's operators take.
    static let maximumRank = 64

    /// The elements of a dense array of `shape`; nil where a size is negative or the bytes could not be addressed.
    static func elementCount(of shape: [Int], dtype: DType) -> Int? {
        guard shape.count <= maximumRank, shape.allSatisfy({ $0 >= 0 }) else { return nil }
        var bytes = dtype.byteCount
        for size in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
            if overflow { return nil }
            bytes = product
        }
        return shape.contains(0) ? 0 : bytes / dtype.byteCount
    }

    /// The strides of a dense, row-major array of `shape`, which `elementCount(of:dtype:)` has accepted.
    static func denseStrides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for dimension in shape.indices.dropLast().reversed() {
            strides[dimension] = strides[dimension + 1] * max(shape[dimension + 1], 1)
        }
        return strides
    }

    /// Whether every element is within a storage of `count` elements.
    func fits(inStorageOf count: Int) -> Bool {
        guard offset >= 0, strides.count == shape.count, strides.allSatisfy({ $0 >= 0 }),
            Self.elementCount(of: shape, dtype: dtype) != nil
        else { return false }
        if shape.contains(0) { return offset <= count }
        var last = offset
        for (size, stride) in zip(shape, strides) {
            let (reach, tooFar) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(reach)
            if tooFar || overflow { return false }
            last = sum
        }
        return last < count
    }
}
