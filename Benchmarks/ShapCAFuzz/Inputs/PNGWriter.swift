/// Writes small PNG files, for inputs of the decoder.
enum PNGWriter {
    /// A picture of that many pixels in 8-bit colours, its rows stored without compression.
    static func picture(width: Int, height: Int) -> [UInt8] {
        var rows: [UInt8] = []
        for row in 0..<height {
            rows.append(0)
            for column in 0..<3 * width { rows.append(UInt8(truncatingIfNeeded: column * 7 + row * 13)) }
        }
        let count = UInt16(rows.count)
        var stream: [UInt8] = [0x78, 0x01, 0x01]
        for part in [PickleWriter.little(count), PickleWriter.little(~count), rows, big(adler32(rows))] {
            stream += part
        }
        var size = big(UInt32(width)) + big(UInt32(height))
        size += [8, 2, 0, 0, 0] as [UInt8]
        return signature + chunk("IHDR", size) + chunk("IDAT", stream) + chunk("IEND", [])
    }

    /// Writes the checksums of all chunks anew.
    static func repair(_ bytes: inout [UInt8]) {
        guard bytes.starts(with: signature) else { return }
        var place = signature.count
        while place + 12 <= bytes.count {
            let count = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
            let end = place + 8 + count
            guard end + 4 <= bytes.count else { return }
            bytes.replaceSubrange(end..<(end + 4), with: big(crc32(bytes[(place + 4)..<end])))
            place = end + 4
        }
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return big(UInt32(content.count)) + body + big(crc32(body[...]))
    }

    private static func big(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xedb8_8320 : crc >> 1 }
        }
        return ~crc
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }
}
