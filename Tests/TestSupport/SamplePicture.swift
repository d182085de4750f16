import Foundation

/// Small pictures that all look different.
public enum SamplePicture {
    /// A TIFF file of one colour, another one for each number below 4096.
    public static func tiff(_ number: Int, width: Int = 16, height: Int = 16) -> Data {
        let colour = [number & 15, number >> 4 & 15, number >> 8 & 15].map { UInt8(16 * $0) }
        let pixels = [[UInt8]](repeating: colour, count: width * height).flatMap { $0 }
        // Behind the header come ten entries of twelve bytes, then the bits of each colour, then the pixels.
        let bitsPlace: UInt32 = 134
        let pixelsPlace = bitsPlace + 6
        let entries: [(tag: UInt16, type: UInt16, count: UInt32, value: UInt32)] = [
            (256, 4, 1, UInt32(width)), (257, 4, 1, UInt32(height)), (258, 3, 3, bitsPlace), (259, 3, 1, 1),
            (262, 3, 1, 2), (273, 4, 1, pixelsPlace), (277, 3, 1, 3), (278, 4, 1, UInt32(height)),
            (279, 4, 1, UInt32(pixels.count)), (284, 3, 1, 1),
        ]
        var data = Data([0x49, 0x49, 0x2A, 0x00])
        func add<Number: FixedWidthInteger>(_ number: Number) {
            withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
        }
        add(UInt32(8))
        add(UInt16(entries.count))
        for entry in entries {
            add(entry.tag)
            add(entry.type)
            add(entry.count)
            add(entry.value)
        }
        add(UInt32(0))
        for _ in 0..<3 { add(UInt16(8)) }
        data.append(contentsOf: pixels)
        return data
    }
}
