/// Reads little-endian values one after another out of untrusted bytes; every read is checked against the end.
struct ByteReader {
    /// The path that errors name.
    let file: String
    /// The name of the bytes, for errors: "the zip directory".
    let part: String
    let bytes: UnsafeRawBufferPointer
    /// The start of the next read, from 0 to `bytes.count`.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, of part: String, in file: String) {
        self.file = file
        self.part = part
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    /// The next byte, which stays where it is; nil at the end.
    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws -> Value {
        Value(littleEndian: try take(MemoryLayout<Value>.size).loadUnaligned(as: Value.self))
    }

    /// An unsigned 64-bit size or offset. Throws where it goes beyond what memory could hold.
    mutating func size() throws -> Int {
        let value = try integer(UInt64.self)
        guard let size = Int(exactly: value) else { throw malformed("a size of \(value) bytes is impossible") }
        return size
    }

    /// The next `count` bytes, without copying them.
    mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else {
            throw malformed("\(count) bytes are expected, and \(remaining) are left")
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// The text up to a line feed, which is passed over.
    mutating func line() throws -> String {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw malformed("a line has no end")
        }
        let line = try text(end - offset)
        offset = end + 1
        return line
    }

    /// The next `count` bytes as UTF-8. Throws where they are not.
    mutating func text(_ count: Int) throws -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw malformed("a text is not UTF-8")
        }
        return text
    }

    /// Passes over the byte `next`, if there is one.
    mutating func advance() {
        offset = min(offset + 1, bytes.count)
    }

    /// Continues at `offset`. Throws where that is beyond the end.
    mutating func move(to offset: Int) throws {
        guard offset >= 0, offset <= bytes.count else {
            throw malformed("it refers to byte \(offset) of \(bytes.count)")
        }
        self.offset = offset
    }

    /// An error that says how far the reading is.
    func malformed(_ reason: String) -> WeightsError {
        .malformed(file: file, reason: "in \(part), at byte \(offset), \(reason)")
    }
}
