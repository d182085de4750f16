import Foundation

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

    /// What each byte does to a checksum; the polynomial is written with its lowest power first.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { checksum, _ in
            checksum & 1 == 1 ? 0x82f6_3b78 ^ (checksum >> 1) : checksum >> 1
        }
    }
}
