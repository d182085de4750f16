import Foundation
import Support

/// The bytes of an open file or stream, unpacked where they are gzip.
package final class PackedBytes {
    private let descriptor: Int32
    private var inflater: GzipInflater?
    /// The bytes before it is known whether they are gzip.
    private var beginning: [UInt8]? = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether the bytes so far were gzip.
    var isPacked: Bool { inflater != nil }

    /// Whether there are bytes without reading on.
    var hasMore: Bool { inflater?.hasMore ?? false }

    /// The next bytes at hand, about `count` of them at most; empty where there may be some later, nil at the end.
    /// - Throws: `POSIXError`, `GzipInflater.Fault`.
    func next(count: Int) throws -> [UInt8]? {
        if let inflater, inflater.hasMore {
            let bytes = try inflater.next(count: count)
            if !bytes.isEmpty { return bytes }
        }
        let bytes = try read(count: count)
        if let begun = beginning {
            let all = begun + bytes
            // One byte does not tell.
            if all == [0x1F], !bytes.isEmpty {
                beginning = all
                return []
            }
            beginning = nil
            if GzipInflater.isBeginning(all) { inflater = GzipInflater() } else { return all.isEmpty ? nil : all }
            inflater?.add(all)
        } else if bytes.isEmpty {
            try inflater?.finish()
            return nil
        } else {
            guard let inflater else { return bytes }
            inflater.add(bytes)
        }
        return try inflater?.next(count: count)
    }

    /// The bytes that a file or pipe has at hand; empty at the end. (`FileHandle.read(upToCount:)` would wait for all.)
    private func read(count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            var received = -1
            repeat {
                received = Foundation.read(descriptor, bytes.baseAddress, count)
            } while received < 0 && errno == EINTR
            guard received >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            filled = received
        }
    }
}

extension PackedBytes {
    /// The bytes of a whole file, unpacked where they are gzip.
    /// - Throws: ``CorpusError``, also where a packed file has more than `limit` bytes once it is unpacked.
    package static func all(of url: URL, limit: Int = 1 << 30) throws -> [UInt8] {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CorpusError.unreadable(path: url.relativePath, reason: systemMessage()) }
        defer { close(descriptor) }
        let packed = PackedBytes(descriptor)
        var bytes: [UInt8] = []
        do {
            while let next = try packed.next(count: 1 << 18) {
                bytes += next
                guard !packed.isPacked || bytes.count <= limit else {
                    throw CorpusError.malformed(
                        SourceLocation(file: url.relativePath, line: 1),
                        problem: "more than \(limit) bytes once it is unpacked; write one object a line")
                }
            }
        } catch let error as GzipInflater.Fault {
            throw CorpusError.malformed(SourceLocation(file: url.relativePath, line: 1), problem: error.description)
        } catch let error as CorpusError {
            throw error
        } catch {
            throw CorpusError.unreadable(path: url.relativePath, reason: reason(of: error))
        }
        return bytes
    }
}

extension URL {
    /// The URL without the extension of a file that is compressed with gzip.
    package var unpacked: URL { pathExtension.lowercased() == "gz" ? deletingPathExtension() : self }
}
