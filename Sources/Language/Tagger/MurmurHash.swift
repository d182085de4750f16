/// The two members of Austin Appleby's MurmurHash family (public domain) that spaCy and thinc number words with.
package enum MurmurHash {
    /// MurmurHash64A of some bytes; with seed 1 it is the id of a string in spaCy's string store.
    package static func hash64A(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 1) -> UInt64 {
        let multiplier: UInt64 = 0xc6a4_a793_5bd1_e995
        func scrambled(_ value: UInt64) -> UInt64 { (value ^ value >> 47) &* multiplier }

        let whole = bytes.count & ~7
        var state = seed ^ UInt64(bytes.count) &* multiplier
        for offset in stride(from: 0, to: whole, by: 8) {
            let block = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state = (state ^ scrambled(block &* multiplier)) &* multiplier
        }
        if whole < bytes.count {
            let tail = bytes[whole...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            state = (state ^ tail) &* multiplier
        }
        state = scrambled(state)
        return state ^ state >> 47
    }

    /// MurmurHash64A of a string's UTF-8 bytes.
    package static func hash64A(_ string: String, seed: UInt64 = 1) -> UInt64 {
        var string = string
        return string.withUTF8 { hash64A(UnsafeRawBufferPointer($0), seed: seed) }
    }

    /// MurmurHash3, 128 bits, of one 64-bit key, as four 32-bit hashes: the rows of a hash embedding.
    package static func hash128(_ key: UInt64, seed: UInt32) -> [UInt32] {
        func rotated(_ value: UInt64) -> UInt64 { value << 31 | value >> 33 }
        func mixed(_ value: UInt64) -> UInt64 {
            var value = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
            value = (value ^ value >> 33) &* 0xc4ce_b9fe_1a85_ec53
            return value ^ value >> 33
        }

        let length: UInt64 = 8
        var low = rotated(key &* 0x87c3_7b91_1142_53d5) &* 0x4cf5_ad43_2745_937f ^ UInt64(seed) ^ length
        var high = UInt64(seed) ^ length
        low &+= high
        high &+= low
        low = mixed(low)
        high = mixed(high)
        low &+= high
        high &+= low
        return [low, low >> 32, high, high >> 32].map { UInt32(truncatingIfNeeded: $0) }
    }
}
