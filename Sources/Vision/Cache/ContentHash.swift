import Foundation

/// A 128-bit fingerprint of bytes: MurmurHash3_x64_128 with seed 0.
///
/// It distinguishes contents at a gigabyte a second, and does not protect against someone who forges collisions.
/// Austin Appleby: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// The first and second half of the hash.
    let halves: SIMD2<UInt64>

    /// Hashes bytes.
    public init(of bytes: some ContiguousBytes) {
        halves = bytes.withUnsafeBytes(Self.hash)
    }

    /// The hash as 32 hexadecimal digits.
    public var description: String {
        [halves.x, halves.y].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static let factors = SIMD2<UInt64>(0x87c3_7b91_1142_53d5, 0x4cf5_ad43_2745_937f)

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> SIMD2<UInt64> {
        var state = SIMD2<UInt64>.zero
        let wholeCount = bytes.count & ~15
        for offset in stride(from: 0, to: wholeCount, by: 16) {
            let block = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
            state.x ^= scrambled(first: block.x)
            state.x = (state.x.rotated(by: 27) &+ state.y) &* 5 &+ 0x52dc_e729
            state.y ^= scrambled(second: block.y)
            state.y = (state.y.rotated(by: 31) &+ state.x) &* 5 &+ 0x3849_5ab5
        }
        if wholeCount < bytes.count {
            var tail = SIMD2<UInt64>.zero
            withUnsafeMutableBytes(of: &tail) { $0.copyBytes(from: bytes[wholeCount...]) }
            state.x ^= scrambled(first: tail.x)
            state.y ^= scrambled(second: tail.y)
        }
        return finished(state ^ SIMD2(repeating: UInt64(bytes.count)))
    }

    private static func scrambled(first block: UInt64) -> UInt64 {
        (block &* factors.x).rotated(by: 31) &* factors.y
    }

    private static func scrambled(second block: UInt64) -> UInt64 {
        (block &* factors.y).rotated(by: 33) &* factors.x
    }

    private static func finished(_ state: SIMD2<UInt64>) -> SIMD2<UInt64> {
        var first = state.x &+ state.y
        var second = state.y &+ first
        first = avalanched(first)
        second = avalanched(second)
        first &+= second
        second &+= first
        return SIMD2(first, second)
    }

    /// Lets every bit of the input change half of the output's.
    private static func avalanched(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits = (bits ^ (bits >> 33)) &* 0xff51_afd7_ed55_8ccd
        bits = (bits ^ (bits >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return bits ^ (bits >> 33)
    }
}

extension UInt64 {
    /// The bits moved `count` places to the left, those that leave coming in on the right.
    fileprivate func rotated(by count: UInt64) -> UInt64 {
        (self &<< count) | (self &>> (64 - count))
    }
}
