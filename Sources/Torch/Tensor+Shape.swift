import CTorch

/// The same elements in another shape, order, type or place. Negative dimensions count from the last.
extension Tensor {
    /// Another shape over the same elements; one size may be -1. Copies only when the elements are not in order.
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(ct_reshape(handle, shape, shape.count)) }

    /// Repeats dimensions of size 1 without copying; -1 keeps a size.
    public func expanded(_ shape: [Int]) -> Tensor { Tensor(ct_expand(handle, shape, shape.count)) }

    /// The dimensions in another order.
    public func permuted(_ order: [Int]) -> Tensor { Tensor(ct_permute(handle, order, order.count)) }

    /// Two dimensions exchanged, the last two unless told otherwise.
    public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor { Tensor(ct_transpose(handle, a, b)) }

    /// Without a dimension of size 1.
    public func squeezed(_ dimension: Int) -> Tensor { Tensor(ct_squeeze(handle, dimension)) }

    /// With a dimension of size 1 more.
    public func unsqueezed(_ dimension: Int) -> Tensor { Tensor(ct_unsqueeze(handle, dimension)) }

    /// The heads of attention: `[batch, length, d]` to `[batch, heads, length, d / heads]`.
    package func splitIntoHeads(_ count: Int) -> Tensor {
        reshaped([size(0), size(1), count, size(2) / count]).transposed(1, 2)
    }

    /// The heads one behind the other: `[batch, heads, length, d / heads]` to `[batch, length, d]`.
    package func joinedHeads() -> Tensor {
        transposed(1, 2).reshaped([size(0), size(2), size(1) * size(3)])
    }

    /// One slice along a dimension, which disappears.
    public func select(_ dimension: Int, _ index: Int) -> Tensor { Tensor(ct_select(handle, dimension, index)) }

    /// `length` slices along a dimension from `start` on.
    public func narrow(_ dimension: Int, start: Int, length: Int) -> Tensor {
        Tensor(ct_narrow(handle, dimension, start, length))
    }

    /// Adds `value` round the last dimensions: (before, after) of the last one, then of the one before it, and so on.
    public func padded(_ amounts: [Int], with value: Double = 0) -> Tensor {
        Tensor(ct_pad(handle, amounts, amounts.count, value))
    }

    /// Tensors one behind the other along a dimension.
    public static func concatenated(_ parts: [Tensor], _ dimension: Int) -> Tensor {
        withExtendedLifetime(parts) { Tensor(ct_concatenate(parts.map { $0.handle }, parts.count, dimension)) }
    }

    /// `result[i][j] = self[index[i][j]][j]` for dimension 0, and so on; `index` holds 64-bit integers.
    public func gather(_ dimension: Int, _ index: Tensor) -> Tensor {
        Tensor(ct_gather(handle, dimension, index.handle))
    }

    /// The slices along a dimension that a vector of 64-bit integers names.
    public func indexSelect(_ dimension: Int, _ index: Tensor) -> Tensor {
        Tensor(ct_index_select(handle, dimension, index.handle))
    }

    /// Adds the slices of `source` to those that a vector of 64-bit integers names.
    public func indexAdd(_ dimension: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
        Tensor(ct_index_add(handle, dimension, index.handle, source.handle))
    }

    /// The elements in row-major order, one behind the other.
    package func contiguous() -> Tensor { unary(CT_CONTIGUOUS) }

    /// The elements of a `[batch, channels, height, width]` tensor stored channel by channel for each pixel.
    public func channelsLast() -> Tensor { unary(CT_CHANNELS_LAST) }

    /// The elements as another type.
    public func to(_ dtype: DType) -> Tensor { Tensor(ct_to(handle, dtype.rawValue, device.engine)) }

    /// The elements on another device.
    public func to(_ device: Device) -> Tensor { Tensor(ct_to(handle, dtype.rawValue, device.engine)) }
}
