import Foundation

/// One event of a TensorBoard file: the protocol buffer `tensorflow.Event` in the framing of a `TFRecord`.
struct TensorBoardEvent {
    enum Content {
        /// The first event of a file.
        case version
        /// The run begins or continues: earlier records of this step and later ones are void.
        case sessionStart
        /// Numbers by name.
        case scalars([(tag: String, value: Double)])
    }

    /// Seconds since 1970.
    var wallTime: Double
    var step: Int
    var content: Content

    /// Length, checksum of the length, message, checksum of the message.
    var record: Data {
        let message = message.data
        var record = Data()
        record.append(littleEndian: UInt64(message.count))
        record.append(littleEndian: RecordCRC.masked(RecordCRC.checksum(of: record)))
        record += message
        record.append(littleEndian: RecordCRC.masked(RecordCRC.checksum(of: message)))
        return record
    }

    private var message: ProtobufMessage {
        var event = ProtobufMessage()
        event.append(Field.wallTime, wallTime)
        event.append(Field.step, step)
        switch content {
        case .version: event.append(Field.fileVersion, "brain.Event:2")
        case .sessionStart:
            var session = ProtobufMessage()
            session.append(Field.sessionStatus, Field.sessionStarts)
            event.append(Field.sessionLog, session)
        case .scalars(let scalars):
            var summary = ProtobufMessage()
            for scalar in scalars {
                var value = ProtobufMessage()
                value.append(Field.valueTag, scalar.tag)
                value.append(Field.valueNumber, Float(scalar.value))
                summary.append(Field.summaryValue, value)
            }
            event.append(Field.summary, summary)
        }
        return event
    }

    /// Field numbers of `event.proto` and `summary.proto`.
    private enum Field {
        static let (wallTime, step, fileVersion, summary, sessionLog) = (1, 2, 3, 5, 7)
        static let summaryValue = 1
        static let (valueTag, valueNumber) = (1, 2)
        static let (sessionStatus, sessionStarts) = (1, 1)
    }
}

/// The checksum of record files: CRC-32C (Castagnoli), masked where it is stored beside what it guards.
package enum RecordCRC {
    /// The CRC-32C of bytes.
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { checksum, byte in
            table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)] ^ (checksum >> 8)
        }
    }

    /// The checksum as a record keeps it, so that a record may hold records.
    package static func masked(_ checksum: UInt32) -> UInt32 {
        ((checksum >> 15) | (checksum << 17)) &+ 0xa282_ead8
    }

    /// The change that each byte makes to a checksum; the polynomial is written with its lowest power first.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { checksum, _ in
            checksum & 1 == 1 ? 0x82f6_3b78 ^ (checksum >> 1) : checksum >> 1
        }
    }
}
