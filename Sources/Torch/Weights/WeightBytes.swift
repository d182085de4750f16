import Foundation

/// A run of bytes and the object that keeps them in memory.
struct WeightBytes {
    let bytes: UnsafeRawBufferPointer
    let owner: AnyObject

    init(_ bytes: UnsafeRawBufferPointer, of owner: AnyObject) {
        self.bytes = bytes
        self.owner = owner
    }

    /// These bytes where elements of `dtype` may begin at the first of them, else a copy that is so aligned.
    func aligned(for dtype: DType) -> WeightBytes {
        guard let start = bytes.baseAddress, Int(bitPattern: start) % dtype.byteCount != 0 else { return self }
        let copy = AlignedCopy(of: bytes)
        return WeightBytes(UnsafeRawBufferPointer(copy.bytes), of: copy)
    }

    /// A view of these bytes as a tensor. They must be aligned for its type and `stored` must fit in them.
    func tensor(_ stored: StoredTensor) throws -> Tensor {
        guard let start = bytes.baseAddress, !stored.shape.contains(0) else {
            return try withTorchErrors { .empty(stored.shape, dtype: stored.dtype) }
        }
        return try withTorchErrors {
            Tensor(
                borrowing: start + stored.offset * stored.dtype.byteCount, shape: stored.shape, strides: stored.strides,
                dtype: stored.dtype, keepAlive: owner)
        }
    }
}

/// Memory with a copy of some bytes, aligned for every element type.
private final class AlignedCopy {
    let bytes: UnsafeMutableRawBufferPointer

    init(of source: UnsafeRawBufferPointer) {
        bytes = .allocate(byteCount: source.count, alignment: 64)
        bytes.copyMemory(from: source)
    }

    deinit { bytes.deallocate() }
}
