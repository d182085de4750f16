import TestSupport

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
        let checksum = withUnsafeBytes(of: adler32(rows).bigEndian) { Array($0) }
        let stream: [UInt8] =
            [0x78, 0x01, 0x01] + PickleWriter.little(count) + PickleWriter.little(~count) + rows + checksum
        return [UInt8](CraftedPNG.data(width: UInt32(width), height: UInt32(height), colours: 2, content: stream))
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
