import CTorch

/// The initial values of a layer's parameters and buffers.
public enum Initialization {
    @TaskLocal private static var isDeferred = false

    /// Makes modules whose weights are loaded right afterwards: their tensors have shapes, but no memory.
    ///
    /// So the sizes that a file claims cost nothing before ``Module/load(_:keyMap:file:)`` has compared them with weights.
    /// - Throws: `TorchError` where there is no tensor of such a size, and what `body` throws.
    public static func deferred<Result>(_ body: () throws -> Result) throws -> Result {
        try withTorchErrors { try $isDeferred.withValue(true, operation: body) }
    }

    /// A parameter drawn uniformly from ±bound; `Linear` and `Conv2d` use 1/√(inputs), as PyTorch does.
    public static func uniform(_ shape: [Int], bound: Double) -> Tensor {
        parameter(shape) { $0.fillUniform(-bound..<bound) }
    }

    /// A parameter drawn from a normal distribution around 0.
    public static func normal(_ shape: [Int], deviation: Double) -> Tensor {
        parameter(shape) { $0.fillNormal(deviation: deviation) }
    }

    /// A parameter filled with one value.
    public static func constant(_ shape: [Int], _ value: Double) -> Tensor {
        parameter(shape) { $0.fill(value) }
    }

    /// A buffer filled with one value.
    public static func buffer(_ shape: [Int], _ value: Double) -> Buffer {
        Buffer(isDeferred ? placeholder(shape) : .full(shape, value))
    }

    private static func parameter(_ shape: [Int], fill: (Tensor) -> Void) -> Tensor {
        guard !isDeferred else { return placeholder(shape).requiringGradient() }
        let tensor = Tensor.zeros(shape)
        if tensor.count > 0 { fill(tensor) }
        return tensor.requiringGradient()
    }

    /// A tensor whose elements are all the same 0.
    private static func placeholder(_ shape: [Int]) -> Tensor {
        let zero = Tensor.zeros([1])
        guard let element = ct_contiguous_data(zero.handle) else { return zero }
        return Tensor(
            borrowing: element, shape: shape, strides: shape.map { _ in 0 }, dtype: .float32, keepAlive: zero)
    }
}
