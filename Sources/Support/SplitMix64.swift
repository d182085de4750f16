/// A small reproducible generator of random numbers, with any number of independent streams.
///
/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
@frozen
public struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// Starts from a state as it is, as the paper does.
    @inlinable
    public init(state: UInt64) { self.state = state }

    /// Starts stream `stream` of the family that `seed` names.
    @inlinable
    public init(seed: UInt64, stream: Int = 0) {
        state = Self.mix(seed &+ Self.golden) ^ Self.mix(UInt64(bitPattern: Int64(stream)) &* Self.golden)
    }

    /// The next 64 random bits.
    @inlinable
    public mutating func next() -> UInt64 {
        state &+= Self.golden
        return Self.mix(state)
    }

    /// A number of `0 ..< count`, the same on every platform and Swift version.
    @inlinable
    public mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A random order of `0 ..< count`, by Fisher and Yates.
    @inlinable
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, index(below: last + 1)) }
        return order
    }

    /// 2^64 divided by the golden ratio.
    @inlinable static var golden: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    @inlinable
    static func mix(_ state: UInt64) -> UInt64 {
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
