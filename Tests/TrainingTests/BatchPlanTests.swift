import Support
import Testing
import Training

@Suite("Batch plans")
struct BatchPlanTests {
    private static let lengths: [Int] = {
        var generator = SplitMix64(state: 3)
        return (0..<3_373).map { _ in Int.random(in: 8...72, using: &generator) }
    }()

    private func plan(seed: Int = 1, epoch: Int = 0, count: Int = lengths.count, batchSize: Int = 28) -> BatchPlan {
        BatchPlan(lengths: Array(Self.lengths.prefix(count)), batchSize: batchSize, seed: seed, epoch: epoch)
    }

    /// Positions of a batch that are padding, as a share of those that are not.
    private func padding(_ batches: [[Int]]) -> Double {
        let padded = batches.reduce(0) { sum, batch in
            sum + batch.count * (batch.map { Self.lengths[$0] }.max() ?? 0)
        }
        return Double(padded) / Double(Self.lengths.reduce(0, +)) - 1
    }

    @Test(
        "Every post occurs exactly once, in batches that are full but for the last of a pool",
        arguments: [0, 1, 27, 28, 29, 896, 897, 3_373])
    func completeness(_ count: Int) {
        for epoch in 0..<3 {
            let batches = plan(epoch: epoch, count: count).batches
            #expect(batches.joined().sorted() == Array(0..<count))
            #expect(batches.count == (count + 27) / 28)
            #expect(batches.allSatisfy { (1...28).contains($0.count) })
            #expect(batches.count { $0.count < 28 } <= 1)
        }
    }

    @Test("Seed and epoch decide the plan, and nothing else")
    func determinism() {
        #expect(plan() == plan())
        let plans = [plan(), plan(epoch: 1), plan(epoch: 2), plan(seed: 2), plan(seed: 2, epoch: 1)]
        for (index, first) in plans.enumerated() {
            for second in plans.dropFirst(index + 1) {
                #expect(first != second)
                let shared = Set(first.batches.map { Set($0) }).intersection(second.batches.map { Set($0) })
                #expect(shared.count <= 1)
            }
        }
    }

    @Test("Posts of like length come together, in an order that is not by length")
    func lengths() {
        let batches = plan().batches
        #expect(padding(batches) < 0.03)
        let unsorted = stride(from: 0, to: Self.lengths.count, by: 28).map {
            Array($0..<min($0 + 28, Self.lengths.count))
        }
        #expect(padding(unsorted) > 0.5)
        let means = batches.map { batch in Double(batch.reduce(0) { $0 + Self.lengths[$1] }) / Double(batch.count) }
        let rises = zip(means, means.dropFirst()).count { $0 < $1 }
        #expect(abs(Double(rises) / Double(means.count - 1) - 0.5) < 0.15)
    }

    /// 600 posts of one length, of which 2 n and 2 n + 1 are copies.
    private func copies(_ ties: BatchPlan.Ties, seed: Int = 1, epoch: Int = 0) -> BatchPlan {
        BatchPlan(lengths: [Int](repeating: 12, count: 600), batchSize: 28, seed: seed, epoch: epoch, ties: ties)
    }

    @Test("Copies, which stand together in a dataset, hardly meet in a batch where ties are random", arguments: 1...5)
    func copiesApart(_ seed: Int) {
        func shareThatMeets(_ ties: BatchPlan.Ties) -> Double {
            let meetings = copies(ties, seed: seed).batches.map { batch in
                let members = Set(batch)
                return batch.count { $0.isMultiple(of: 2) && members.contains($0 + 1) }
            }
            return Double(meetings.reduce(0, +)) / 300
        }
        // One in twenty by chance.
        #expect(shareThatMeets(.random) < 0.12)
        #expect(shareThatMeets(.byIndex) == 1)
    }

    @Test("Seed and epoch decide ties too; by index they are in the order of the dataset")
    func ties() {
        #expect(copies(.random) == copies(.random))
        #expect(copies(.random) != copies(.random, epoch: 1) && copies(.random) != copies(.random, seed: 2))
        #expect(copies(.random).batches.joined().sorted() == Array(0..<600))
        for epoch in 0..<3 {
            let plan = BatchPlan(lengths: Self.lengths, batchSize: 28, seed: 4, epoch: epoch, ties: .byIndex)
            for batch in plan.batches {
                #expect(batch == batch.sorted { (Self.lengths[$0], $0) < (Self.lengths[$1], $1) })
            }
        }
    }
}
