import Support

/// The batches of one epoch: posts of like length together, in an order that stays random.
///
/// Posts are shuffled, cut into pools of many batches, sorted by length inside a pool, cut into batches, and the batches
/// shuffled. The plan is a pure function of lengths, seed and epoch, so that a resumed run draws the same one.
package struct BatchPlan: Sendable, Equatable {
    /// Post numbers of every batch.
    package let batches: [[Int]]

    /// The number of batches in a pool; more means less padding and less randomness.
    static let poolSize = 32

    /// The order of posts of the same length within a pool.
    package enum Ties: Sendable {
        /// As the posts were shuffled.
        case random
        /// As in the dataset, where copies of a post stand together and so meet in a batch.
        case byIndex
    }

    /// - Parameter lengths: wordpieces of each post.
    package init(lengths: [Int], batchSize: Int, seed: Int, epoch: Int, ties: Ties = .random) {
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: epoch)
        let order = generator.permutation(of: lengths.count)
        var batches: [[Int]] = []
        for start in stride(from: 0, to: order.count, by: Self.poolSize * batchSize) {
            let range = start..<min(start + Self.poolSize * batchSize, order.count)
            let pool = range.sorted { first, second in
                let (one, other) = (order[first], order[second])
                return ties == .random
                    ? (lengths[one], first) < (lengths[other], second) : (lengths[one], one) < (lengths[other], other)
            }.map { order[$0] }
            for start in stride(from: 0, to: pool.count, by: batchSize) {
                batches.append(Array(pool[start..<min(start + batchSize, pool.count)]))
            }
        }
        let shuffled = generator.permutation(of: batches.count)
        self.batches = shuffled.map { batches[$0] }
    }
}
