/// The letters that byte-level tokenizers write for the 256 bytes, such as `Ġ` for a blank.
///
/// Bytes that Latin-1 shows stand for themselves; the others, in order, for the scalars from U+0100 on.
enum ByteAlphabet {
    /// The letter of each byte.
    static let letters: [UInt32] = {
        let shown = (0x21...0x7E).union(0xA1...0xAC).union(0xAE...0xFF)
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            if shown.contains(byte) { return UInt32(byte) }
            defer { next += 1 }
            return next
        }
    }()

    /// The letter of a blank.
    static let blank = letters[0x20]

    /// Appends the letters of a scalar's UTF-8.
    static func append(_ scalar: UInt32, to result: inout [UInt32]) {
        if scalar < 0x80 {
            result.append(letters[Int(scalar)])
        } else if let bytes = scalar.scalar.flatMap(UTF8.encode) {
            for byte in bytes { result.append(letters[Int(byte)]) }
        }
    }
}

extension ClosedRange<Int> {
    fileprivate func union(_ other: ClosedRange<Int>) -> Set<Int> { Set(self).union(other) }
}
