import Foundation

/// Portable Network Graphics, eight bits a channel, without compression (W3C PNG specification; RFC 1950, RFC 1951).
enum PNG {
    /// The bytes of a file that holds a canvas.
    static func encode(_ canvas: Canvas) -> Data {
        var header = bigEndian(canvas.size) + bigEndian(canvas.size)
        header += [8, 2, 0, 0, 0]
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        file.append(chunk("IHDR", header))
        file.append(chunk("IDAT", zlib(scanlines(of: canvas))))
        file.append(chunk("IEND", []))
        return file
    }

    /// Rows of pixels, each after a byte that says that no filter was applied.
    private static func scanlines(of canvas: Canvas) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(canvas.size * (canvas.size * 3 + 1))
        for (index, pixel) in canvas.pixels.enumerated() {
            if index % canvas.size == 0 { bytes.append(0) }
            for channel in [pixel.red, pixel.green, pixel.blue] {
                bytes.append(UInt8(min(max(channel * 255, 0), 255).rounded()))
            }
        }
        return bytes
    }

    /// A zlib stream of stored blocks.
    private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        let blockSize = 65535
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bytes.count, by: blockSize) {
            let block = bytes[start..<min(start + blockSize, bytes.count)]
            let length = UInt16(block.count)
            stream.append(block.endIndex == bytes.count ? 1 : 0)
            for word in [length, ~length] { stream += [UInt8(word & 0xFF), UInt8(word >> 8)] }
            stream += block
        }
        return stream + bigEndian(adler32(bytes))
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> Data {
        let named = Array(name.utf8) + content
        return Data(bigEndian(content.count) + named + bigEndian(crc32(named)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) }
    }

    private static func adler32(_ bytes: [UInt8]) -> Int {
        var (low, high) = (1, 0)
        for byte in bytes {
            low = (low + Int(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }

    private static func crc32(_ bytes: [UInt8]) -> Int {
        let remainder = bytes.reduce(UInt32.max) { crcTable[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
        return Int(~remainder)
    }

    private static let crcTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
