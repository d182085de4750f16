import Foundation

/// A protocol buffer message in its wire format, built field by field.
struct ProtobufMessage {
    /// The message as bytes.
    private(set) var data = Data()

    /// The layout of a field's value.
    private enum WireType: Int {
        case varint = 0
        case eightBytes = 1
        case lengthDelimited = 2
        case fourBytes = 5
    }

    mutating func append(_ field: Int, _ value: Int) {
        appendKey(field, .varint)
        appendVarint(UInt64(bitPattern: Int64(value)))
    }

    mutating func append(_ field: Int, _ value: Double) {
        appendKey(field, .eightBytes)
        data.append(littleEndian: value.bitPattern)
    }

    mutating func append(_ field: Int, _ value: Float) {
        appendKey(field, .fourBytes)
        data.append(littleEndian: value.bitPattern)
    }

    mutating func append(_ field: Int, _ value: String) { append(field, bytes: Data(value.utf8)) }

    mutating func append(_ field: Int, _ value: ProtobufMessage) { append(field, bytes: value.data) }

    private mutating func append(_ field: Int, bytes: Data) {
        appendKey(field, .lengthDelimited)
        appendVarint(UInt64(bytes.count))
        data += bytes
    }

    private mutating func appendKey(_ field: Int, _ type: WireType) {
        appendVarint(UInt64(field << 3 | type.rawValue))
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest > 0x7f {
            data.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        data.append(UInt8(rest))
    }
}

extension Data {
    /// Appends a number, its lowest byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
