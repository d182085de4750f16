/// A small reproducible generator of random numbers, with an independent stream for each game.
///
/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts stream `stream` of the family that `seed` names.
    public init(seed: UInt64, stream: Int = 0) {
        state = Self.mix(seed &+ Self.golden) ^ Self.mix(UInt64(bitPattern: Int64(stream)) &* Self.golden)
    }

    public mutating func next() -> UInt64 {
        state &+= Self.golden
        return Self.mix(state)
    }

    /// A random order of `0 ..< count`, by Fisher and Yates; the same on every platform and Swift version.
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            let chosen = next().multipliedFullWidth(by: UInt64(last + 1)).high
            order.swapAt(last, Int(chosen))
        }
        return order
    }

    /// 2^64 divided by the golden ratio.
    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mix(_ state: UInt64) -> UInt64 {
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
