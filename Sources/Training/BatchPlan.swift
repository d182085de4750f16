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

    /// - Parameter lengths: wordpieces of each post.
    package init(lengths: [Int], batchSize: Int, seed: Int, epoch: Int) {
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: epoch)
        let order = generator.permutation(of: lengths.count)
        var batches: [[Int]] = []
        for start in stride(from: 0, to: order.count, by: Self.poolSize * batchSize) {
            let pool = order[start..<min(start + Self.poolSize * batchSize, order.count)]
                .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
            for start in stride(from: 0, to: pool.count, by: batchSize) {
                batches.append(Array(pool[start..<min(start + batchSize, pool.count)]))
            }
        }
        let shuffled = generator.permutation(of: batches.count)
        self.batches = shuffled.map { batches[$0] }
    }
}
