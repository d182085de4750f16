import Support

/// The inputs of a run, each a function of the target, the seed and its number alone.
struct InputSource {
    private let seeds: [[UInt8]]
    private let dictionary: [[UInt8]]
    private let repair: @Sendable (inout [UInt8]) -> Void
    private let seed: UInt64

    /// The largest input that is made.
    private static let largest = 1 << 17

    init(_ target: FuzzTarget, seed: UInt64) throws {
        seeds = try target.seeds()
        dictionary = target.dictionary.map { Array($0.utf8) }
        repair = target.repair
        self.seed = seed
    }

    /// The number of inputs that are the target's own, unchanged, and must be accepted.
    var validCount: Int { seeds.count }

    /// The input of that number.
    func input(_ number: Int) -> [UInt8] {
        if number < seeds.count { return seeds[number] }
        var mutator = Mutator(
            generator: SplitMix64(seed: seed, stream: number), seeds: seeds, dictionary: dictionary)
        var input = mutator.input()
        if mutator.generator.index(below: 2) == 0 { repair(&input) }
        return input.count > Self.largest ? Array(input.prefix(Self.largest)) : input
    }
}
