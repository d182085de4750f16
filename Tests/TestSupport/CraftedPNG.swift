import Foundation

/// A PNG file that claims any size, whatever it holds.
public enum CraftedPNG {
    /// A well-formed header, of 8-bit grey pixels unless told otherwise, `content` as image data, and an end.
    /// - Parameter colours: the type of colours: 0 is grey, 2 is RGB, 6 is RGB with transparency.
    public static func data(
        width: UInt32, height: UInt32, depth: UInt8 = 8, colours: UInt8 = 0, isInterlaced: Bool = false,
        content: [UInt8] = emptyStream
    ) -> Data {
        var header = bytes(of: width) + bytes(of: height)
        header += [depth, colours, 0, 0, isInterlaced ? 1 : 0]
        return Data(signature + chunk("IHDR", header) + chunk("IDAT", content) + chunk("IEND", []))
    }

    /// A zlib stream of nothing.
    public static let emptyStream: [UInt8] = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]

    /// Writes the checksums of all chunks anew.
    public static func repair(_ bytes: inout [UInt8]) {
        guard bytes.starts(with: signature) else { return }
        var place = signature.count
        while place + 12 <= bytes.count {
            let count = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
            let end = place + 8 + count
            guard end + 4 <= bytes.count else { return }
            bytes.replaceSubrange(end..<(end + 4), with: Self.bytes(of: crc32(bytes[(place + 4)..<end])))
            place = end + 4
        }
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return bytes(of: UInt32(content.count)) + body + bytes(of: crc32(body[...]))
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = crc & 1 == 1
                crc = isOdd ? (crc >> 1) ^ 0xedb8_8320 : crc >> 1
            }
        }
        return ~crc
    }
}
