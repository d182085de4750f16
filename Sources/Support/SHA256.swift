import Foundation

/// SHA-256 (FIPS 180-4).
///
/// Written here because Foundation on Linux has no digest, and swift-crypto would add minutes to every build for the
/// fingerprints of a few megabytes. Held to the standard's test vectors and to Python's `hashlib`.
package struct SHA256 {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var block: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// A digest that has taken in nothing.
    package init() {}

    /// The digest of some bytes.
    package static func digest(of bytes: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Takes in more bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if isDone == nil { updateOneByOne(bytes) }
    }

    private mutating func updateOneByOne(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            block.append(byte)
            byteCount += 1
            if block.count == 64 { compressBlock() }
        }
    }

    /// Takes in more bytes, as they lie in memory.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let head = block.isEmpty ? 0 : min(64 - block.count, bytes.count)
        let whole = head + (bytes.count - head) / 64 * 64
        updateOneByOne(bytes[..<head])
        compress(UnsafeRawBufferPointer(rebasing: bytes[head..<whole]))
        byteCount += UInt64(whole - head)
        updateOneByOne(bytes[whole...])
    }

    /// Pads the message and returns its digest.
    package consuming func finalize() -> Digest {
        let bitCount = byteCount * 8
        update(CollectionOfOne(0x80))
        while block.count != 56 { update(CollectionOfOne(0)) }
        update((0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * $0)) })
        return Digest(words: state)
    }

    private mutating func compressBlock() {
        let full = block
        block.removeAll(keepingCapacity: true)
        full.withUnsafeBytes { compress($0) }
    }

    /// Takes in whole blocks of 64 bytes.
    private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
        var hash = state
        hash.withUnsafeMutableBufferPointer { hash in
            roundConstants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    for start in stride(from: 0, to: blocks.count, by: 64) {
                        Self.compress(blocks, from: start, hash, constants, schedule)
                    }
                }
            }
        }
        state = hash
    }

    private static func compress(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ hash: UnsafeMutableBufferPointer<UInt32>,
        _ constants: UnsafeBufferPointer<UInt32>, _ schedule: UnsafeMutableBufferPointer<UInt32>
    ) {
        for index in 0..<16 {
            schedule[index] = UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self))
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let small0 = early.rotated(7) ^ early.rotated(18) ^ early >> 3
            let small1 = late.rotated(17) ^ late.rotated(19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ small0 &+ schedule[index - 7] &+ small1
        }
        var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
        var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
        for index in 0..<64 {
            let big1 = e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)
            let first = h &+ big1 &+ (e & f ^ ~e & g) &+ constants[index] &+ schedule[index]
            let big0 = a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)
            let second = big0 &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { hash[index] &+= word }
    }
}

/// A 256-bit digest.
package struct Digest: Hashable, Comparable {
    /// Eight words, the first the most significant.
    package let words: [UInt32]

    /// The bytes, 32 of them.
    package var bytes: [UInt8] {
        words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    /// The digest as 64 hexadecimal digits.
    package var hexadecimal: String {
        words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    package static func < (left: Digest, right: Digest) -> Bool { left.words.lexicographicallyPrecedes(right.words) }
}

extension UInt32 {
    fileprivate func rotated(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
