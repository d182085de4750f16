/// The initial values of a layer's parameters.
public enum Initialization {
    @TaskLocal private static var isSkipped = false

    /// Makes modules whose weights are loaded right afterwards, without drawing random ones first.
    public static func skipped<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $isSkipped.withValue(true, operation: body)
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
        Tensor.full(shape, value).requiringGradient()
    }

    private static func parameter(_ shape: [Int], fill: (Tensor) -> Void) -> Tensor {
        let tensor = Tensor.zeros(shape)
        if !isSkipped && tensor.count > 0 { fill(tensor) }
        return tensor.requiringGradient()
    }
}
