import Support

/// The orders in which an estimator lets the players of a game join; the mean over each group is an estimate of its own.
///
/// Every game has a random stream of its own, so that the orders of one game tell nothing about those of another.
struct OrderGroups: Sequence, IteratorProtocol {
    private let estimator: ShapleyEstimator
    private let playerCount: Int
    private var generator: SplitMix64
    private var remaining: Int

    init(_ estimator: ShapleyEstimator, playerCount: Int, seed: UInt64, game: Int) {
        self.estimator = estimator
        self.playerCount = playerCount
        generator = SplitMix64(seed: seed, stream: game)
        remaining =
            switch estimator {
            case .exact: 0
            case .cyclic: 1
            case .permutation(let samples), .antithetic(let samples): samples
            }
    }

    mutating func next() -> [[Int]]? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let order = generator.permutation(of: playerCount)
        return switch estimator {
        case .exact, .permutation: [order]
        case .antithetic: [order, order.reversed()]
        case .cyclic: Self.passes(of: order)
        }
    }

    /// The passes of Algorithm 1: the order, rotated by half of the players, then by a quarter, an eighth, ….
    private static func passes(of order: [Int]) -> [[Int]] {
        var passes = [order]
        var rotated = order
        var stride = order.count / 2
        while stride > 1 {
            rotated = Array(rotated[stride...] + rotated[..<stride])
            passes.append(rotated)
            stride /= 2
        }
        return passes
    }
}
