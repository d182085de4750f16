import CZlib
import Foundation

/// Unpacks gzip (RFC 1952), some bytes at a time; members that follow one another are one content.
package final class GzipInflater {
    /// Why packed bytes cannot be unpacked.
    package enum Fault: Error, CustomStringConvertible {
        case cutOff, damaged

        package var description: String {
            "its gzip data is \(self == .cutOff ? "cut off" : "damaged"); fetch the file again"
        }
    }

    // zlib keeps the address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var input: [UInt8] = []
    private var position = 0
    /// Whether the last member has come to its end.
    private var isBetweenMembers = false
    /// Whether a fault was found behind the last output.
    private var isDamaged = false
    /// Whether the last output filled its room, so that there may be more without further input.
    private var wasFull = false

    /// Whether the first bytes of a file are those of gzip.
    package static func isBeginning(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    package init() {
        stream.initialize(to: z_stream())
        // A window of 32 KiB, and the header and check sum of gzip.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be used: \(status)")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether ``next(count:)`` may give bytes without further input.
    package var hasMore: Bool { wasFull || position < input.count }

    /// Adds packed bytes, once those before are used up.
    package func add(_ bytes: [UInt8]) {
        input.removeSubrange(..<position)
        input += bytes
        position = 0
    }

    /// The next bytes, at most `count`; none where more input is needed.
    /// - Throws: ``Fault``.
    package func next(count: Int) throws(Fault) -> [UInt8] {
        guard !isDamaged else { throw .damaged }
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            while filled < count {
                if isBetweenMembers {
                    // Padding between members and behind the last one is zeros.
                    position = input[position...].firstIndex { $0 != 0 } ?? input.count
                    guard position < input.count else { return }
                    status = inflateReset(stream)
                    isBetweenMembers = false
                }
                let used = min(input.count - position, 1 << 20)
                input.withUnsafeMutableBufferPointer { input in
                    stream.pointee.next_in = input.baseAddress.map { $0 + position }
                    stream.pointee.avail_in = UInt32(used)
                    stream.pointee.next_out = output.baseAddress.map { $0 + filled }
                    stream.pointee.avail_out = UInt32(count - filled)
                    status = inflate(stream, Z_NO_FLUSH)
                }
                position += used - Int(stream.pointee.avail_in)
                filled = count - Int(stream.pointee.avail_out)
                if status == Z_STREAM_END { isBetweenMembers = true } else if status != Z_OK { return }
            }
        }
        wasFull = output.count == count
        // Without input there is no progress, which is no fault.
        isDamaged = ![Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status)
        guard !output.isEmpty || !isDamaged else { throw .damaged }
        return output
    }

    /// Says that no input follows.
    /// - Throws: ``Fault`` where the content does not end here.
    package func finish() throws(Fault) {
        guard isBetweenMembers else { throw isDamaged ? .damaged : .cutOff }
    }
}
