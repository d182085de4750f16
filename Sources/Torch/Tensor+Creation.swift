import CTorch

extension Tensor {
    /// A tensor of 32-bit floats in row-major order.
    public convenience init(_ values: [Float], shape: [Int]) {
        self.init(copying: values, shape: shape, dtype: .float32)
    }

    /// A tensor of 64-bit floats in row-major order.
    public convenience init(_ values: [Double], shape: [Int]) {
        self.init(copying: values, shape: shape, dtype: .float64)
    }

    /// A tensor of 64-bit integers in row-major order.
    public convenience init(_ values: [Int], shape: [Int]) {
        self.init(copying: values, shape: shape, dtype: .int64)
    }

    /// A tensor of 64-bit integers in row-major order.
    public convenience init(_ values: [Int64], shape: [Int]) {
        self.init(copying: values, shape: shape, dtype: .int64)
    }

    /// A tensor of truth values in row-major order.
    public convenience init(_ values: [Bool], shape: [Int]) {
        self.init(copying: values, shape: shape, dtype: .bool)
    }

    /// A tensor of bytes in row-major order.
    public convenience init(_ values: [UInt8], shape: [Int]) {
        self.init(copying: values, shape: shape, dtype: .uint8)
    }

    private convenience init<Element>(copying values: [Element], shape: [Int], dtype: DType) {
        self.init(
            values.withUnsafeBytes { ct_from_bytes($0.baseAddress, $0.count, shape, shape.count, dtype.rawValue) })
    }

    /// A tensor over memory that `owner` keeps alive; nothing is copied, and nothing may write through the tensor.
    /// - Parameter strides: distances between neighbours in elements; row-major when `nil`.
    public convenience init(
        borrowing bytes: UnsafeRawPointer, shape: [Int], strides: [Int]? = nil, dtype: DType, keepAlive owner: AnyObject
    ) {
        let strides = strides ?? shape.rowMajorStrides
        let start = UnsafeMutableRawPointer(mutating: bytes)
        let retained = Unmanaged.passRetained(owner).toOpaque()
        self.init(
            ct_from_blob(start, shape, strides, shape.count, dtype.rawValue, retained) {
                if let owner = $0 { Unmanaged<AnyObject>.fromOpaque(owner).release() }
            })
    }

    /// A tensor whose elements are whatever the memory holds.
    public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Tensor(ct_empty(shape, shape.count, dtype.rawValue, device.engine))
    }

    /// A tensor of one value.
    public static func full(
        _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(ct_full(shape, shape.count, value, dtype.rawValue, device.engine))
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 0, dtype: dtype, device: device)
    }

    /// A tensor of ones.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 1, dtype: dtype, device: device)
    }

    /// Independent draws from the standard normal distribution.
    public static func randn(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Tensor(ct_randn(shape, shape.count, dtype.rawValue, device.engine))
    }

    /// 0, 1, …, count - 1.
    public static func arange(_ count: Int, dtype: DType = .int64, device: Device = .cpu) -> Tensor {
        Tensor(ct_arange(count, dtype.rawValue, device.engine))
    }
}

extension [Int] {
    /// The strides of a row-major array of this shape, in elements.
    package var rowMajorStrides: [Int] {
        var strides = self
        var stride = 1
        for dimension in indices.reversed() {
            strides[dimension] = stride
            stride *= self[dimension]
        }
        return strides
    }
}
