/// How Shapley values are computed.
public enum ShapleyEstimator: Hashable, Sendable {
    /// Exact values, in a time that grows as the square of the number of players (for all values of all games).
    case exact
    /// Algorithm 1 of Shap-CA: one random order a game, walked again after rotations by 1/2, 1/4, … of its length.
    case cyclic
    /// The mean over so many random orders.
    case permutation(samples: Int)
    /// The mean over so many random orders, each also walked backwards.
    case antithetic(samples: Int)

    /// The names that `init(name:samples:)` knows.
    public static let names = ["exact", "cyclic", "permutation", "antithetic"]

    /// The estimator of a name; `samples` counts only for those that draw any.
    ///
    /// Throws `ShapleyError.unknownEstimator` and `ShapleyError.sampleCount`.
    public init(name: String, samples: Int = 256) throws(ShapleyError) {
        switch name {
        case "exact": self = .exact
        case "cyclic": self = .cyclic
        case "permutation": self = .permutation(samples: samples)
        case "antithetic": self = .antithetic(samples: samples)
        default: throw .unknownEstimator(name)
        }
        try check()
    }

    /// The estimator's name, without its samples.
    public var name: String {
        switch self {
        case .exact: "exact"
        case .cyclic: "cyclic"
        case .permutation: "permutation"
        case .antithetic: "antithetic"
        }
    }

    func check() throws(ShapleyError) {
        switch self {
        case .permutation(let samples) where samples < 1: throw .sampleCount(samples)
        case .antithetic(let samples) where samples < 1: throw .sampleCount(samples)
        default: return
        }
    }
}
