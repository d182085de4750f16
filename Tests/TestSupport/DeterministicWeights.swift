import Support

/// Weights that need no file: each is a pure function of its parameter's name and its place in it.
///
/// `deterministic_weights.py` beside this file computes the same numbers bit for bit, so that a network of any size
/// can be compared with its Python original while the fixture keeps only a slice of the outputs. The key is the
/// *foreign* name, as `transformers` or `torchvision` spell it.
///
/// With `u` uniform in [-1, 1), taken from the top 24 bits of splitmix64(FNV-1a(name) + index), a value is
///
/// | parameter | value |
/// |---|---|
/// | `….running_var` | 1 + 0.5 u |
/// | `….running_mean`, `….bias`, `….beta` | 0.1 u |
/// | one-dimensional `….weight` or `….gamma` (a norm's scale) | 1 + 0.1 u |
/// | any other with fewer than two dimensions | 0.1 u |
/// | all the rest | sqrt(3 / fan-in) u, fan-in being the product of all dimensions but the first |
///
/// The last has variance 1 / fan-in, so that signals keep their scale through a deep network.
public enum DeterministicWeights {
    /// The values of a parameter in row-major order.
    /// - Parameters:
    ///   - name: The parameter's foreign name.
    ///   - shape: Its dimensions.
    public static func values(named name: String, shape: [Int]) -> [Float] {
        let count = shape.reduce(1, *)
        let (centre, scale) = distribution(named: name, shape: shape)
        let seed = FNV1a(name).value
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                var generator = SplitMix64(state: seed &+ UInt64(index))
                let uniform = Double(generator.next() >> 40) * 0x1p-23 - 1
                buffer[index] = Float(centre + scale * uniform)
            }
            initialized = count
        }
    }

    /// The centre and half-width of the uniform distribution that a parameter's values follow.
    static func distribution(named name: String, shape: [Int]) -> (centre: Double, scale: Double) {
        switch name.split(separator: ".").last {
        case "running_var": (1, 0.5)
        case "running_mean", "bias", "beta": (0, 0.1)
        case "weight" where shape.count == 1, "gamma" where shape.count == 1: (1, 0.1)
        default: shape.count < 2 ? (0, 0.1) : (0, (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
        }
    }
}
