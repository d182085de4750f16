import Support
import Testing

@Suite struct SplitMix64Tests {
    /// What Sebastiano Vigna's C version of the paper's generator, `splitmix64.c`, gives for the state 1234567.
    @Test func numbersAreThoseOfTheReference() {
        var generator = SplitMix64(state: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
        var zero = SplitMix64(state: 0)
        #expect(zero.next() == 0xE220_A839_7B1D_CDAF)
    }

    @Test func streamsOfASeedRepeatAndDiffer() {
        func numbers(_ seed: UInt64, _ stream: Int) -> [UInt64] {
            var generator = SplitMix64(seed: seed, stream: stream)
            return (0..<8).map { _ in generator.next() }
        }
        var seen: Set<UInt64> = []
        for seed in [0, 1, 2, UInt64.max] {
            for stream in [0, 1, 2, 1000, -1] {
                #expect(numbers(seed, stream) == numbers(seed, stream))
                seen.formUnion(numbers(seed, stream))
            }
        }
        #expect(seen.count == 4 * 5 * 8)
    }

    @Test(arguments: [1, 2, 3, 10, 1000])
    func indicesAreBelowTheirLimitAndReachAll(count: Int) {
        var generator = SplitMix64(seed: 3)
        let indices = (0..<20 * count).map { _ in generator.index(below: count) }
        #expect(indices.allSatisfy((0..<count).contains))
        #expect(Set(indices).count == count)
    }

    @Test(arguments: [0, 1, 2, 5, 100])
    func aPermutationHasEveryNumberOnce(count: Int) {
        var generator = SplitMix64(seed: 9)
        let (first, second) = (generator.permutation(of: count), generator.permutation(of: count))
        #expect(first.sorted() == Array(0..<count) && second.sorted() == Array(0..<count))
        #expect(count < 5 || first != second)
    }

    @Test func everyOrderIsAsLikely() {
        var generator = SplitMix64(seed: 1)
        let counts = (0..<60_000).reduce(into: [:]) { counts, _ in counts[generator.permutation(of: 3), default: 0] += 1
        }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 10_000) < 400 })
    }
}
