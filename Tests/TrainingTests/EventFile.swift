import Foundation
import Training

/// A small reader of TensorBoard's event files, which trusts nothing that the writer does but the checksum.
struct EventFile {
    struct Event: Equatable {
        var wallTime = 0.0
        var step: UInt64 = 0
        var version: String?
        var sessionStatus: UInt64?
        var scalars: [String: Float] = [:]
    }

    enum Damage: Error {
        case cutShort, wrongChecksum
        case unknownField(Int)
        case unknownWireType(UInt64)
    }

    private(set) var events: [Event] = []

    init(_ data: Data) throws {
        var rest = Bytes(data)
        while !rest.isEmpty {
            let length = try rest.take(8)
            try Self.check(length, try rest.number(4))
            let message = try rest.take(Int(Bytes(length).value))
            try Self.check(message, try rest.number(4))
            events.append(try Self.event(message))
        }
    }

    private static func check(_ bytes: [UInt8], _ stored: UInt64) throws {
        let checksum = RecordCRC.masked(RecordCRC.checksum(of: bytes))
        guard UInt64(checksum) == stored else { throw Damage.wrongChecksum }
    }

    private static func event(_ message: [UInt8]) throws -> Event {
        var event = Event()
        for (field, value) in try fields(message) {
            switch field {
            case 1: event.wallTime = Double(bitPattern: value.value)
            case 2: event.step = value.value
            case 3: event.version = String(decoding: value.bytes, as: UTF8.self)
            case 5:
                for (_, entry) in try fields(value.bytes) {
                    let parts = try fields(entry.bytes)
                    guard parts.map(\.field) == [1, 2] else { throw Damage.unknownField(5) }
                    let tag = String(decoding: parts[0].value.bytes, as: UTF8.self)
                    event.scalars[tag] = Float(bitPattern: UInt32(parts[1].value.value))
                }
            case 7: event.sessionStatus = try fields(value.bytes).first { $0.field == 1 }?.value.value
            default: throw Damage.unknownField(field)
            }
        }
        return event
    }

    private static func fields(_ message: [UInt8]) throws -> [(field: Int, value: Bytes)] {
        var (rest, result) = (Bytes(message), [(field: Int, value: Bytes)]())
        while !rest.isEmpty {
            let key = try rest.varint()
            let value =
                switch key & 7 {
                case 0: Bytes(try rest.varint())
                case 1: Bytes(try rest.take(8))
                case 2: Bytes(try rest.take(Int(try rest.varint())))
                case 5: Bytes(try rest.take(4))
                default: throw Damage.unknownWireType(key & 7)
                }
            result.append((Int(key >> 3), value))
        }
        return result
    }

    /// Bytes that are taken from the front.
    private struct Bytes {
        var bytes: [UInt8]

        init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

        init(_ value: UInt64) { bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

        var isEmpty: Bool { bytes.isEmpty }

        /// The bytes as a number, the lowest first.
        var value: UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

        mutating func take(_ count: Int) throws -> [UInt8] {
            guard count <= bytes.count else { throw Damage.cutShort }
            defer { bytes.removeFirst(count) }
            return Array(bytes.prefix(count))
        }

        mutating func number(_ count: Int) throws -> UInt64 { Bytes(try take(count)).value }

        mutating func varint() throws -> UInt64 {
            let length = bytes.prefix { $0 & 0x80 != 0 }.count + 1
            return try take(length).reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7f) }
        }
    }
}
