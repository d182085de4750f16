import CTorch

extension Tensor {
    /// The elements as 32-bit floats in row-major order, converted and brought to the CPU where needed.
    public func floats() -> [Float] { values(as: .float32) }

    /// The elements as 64-bit floats in row-major order.
    public func doubles() -> [Double] { values(as: .float64) }

    /// The elements as integers in row-major order.
    public func ints() -> [Int] { values(as: .int64) }

    /// The elements as bytes in row-major order.
    public func bytes() -> [UInt8] { values(as: .uint8) }

    /// The value of a tensor with one element.
    public func item() -> Double {
        var value = 0.0
        check(ct_item(handle, &value))
        return value
    }

    /// Calls `body` with the elements in row-major order, without a copy where memory on the CPU already holds them so.
    public func withUnsafeElements<Element, Result>(
        as type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        let rowMajor = ct_contiguous_data(handle) == nil ? to(.cpu).contiguous() : self
        return try withExtendedLifetime(rowMajor) {
            let start = ct_contiguous_data(rowMajor.handle)?.assumingMemoryBound(to: Element.self)
            return try body(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
        }
    }

    private func values<Element>(as dtype: DType) -> [Element] {
        let converted = self.dtype == dtype ? self : to(dtype)
        let count = converted.count
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            check(ct_to_bytes(converted.handle, buffer.baseAddress, count * dtype.byteCount))
            initialized = count
        }
    }
}
