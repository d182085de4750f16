import Foundation

/// Writes records as JSON lines into a file that appears whole or not at all.
///
/// The lines go to a temporary file beside the target; ``finish()`` brings it to the disk and renames it, and
/// ``keepPart()`` does so under another name where the work was stopped. A writer that is dropped before leaves the target
/// as it was. Devices, pipes and links are written to as they are.
public final class JSONLinesWriter<Record: Encodable> {
    private let target: URL
    private let temporary: URL?
    private let handle: FileHandle
    private let encoder = JSONEncoder()
    private var buffer = Data()
    /// The bytes of the whole lines that the handle took.
    private var length: UInt64 = 0
    private var isFinished = false

    /// Begins a file.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    public convenience init(_ url: URL) throws {
        do {
            guard url.isRegularFileOrAbsent else {
                let handle = try FileHandle(forWritingTo: url)
                if url.leadsToRegularFile { try handle.truncate(atOffset: 0) }
                self.init(target: url, handle: handle)
                return
            }
            let temporary = Self.temporary(for: url)
            try Data().write(to: temporary, options: .withoutOverwriting)
            self.init(target: url, handle: try FileHandle(forWritingTo: temporary), temporary: temporary)
        } catch {
            throw CorpusError.unwritable(path: url.relativePath, reason: reason(of: error))
        }
    }

    /// Writes to an open file or stream, without a temporary file when none is named.
    package init(target: URL, handle: FileHandle, temporary: URL? = nil) {
        self.target = target
        self.handle = handle
        self.temporary = temporary
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    private static func temporary(for url: URL) -> URL {
        url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString).part")
    }

    deinit {
        if let temporary, !isFinished { try? FileManager.default.removeItem(at: temporary) }
    }

    /// Adds a line.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``, or what the record's own encoding throws.
    public func write(_ record: Record) throws {
        buffer.append(try encoder.encode(record))
        buffer.append(0x0A)
        if buffer.count >= 1 << 18 { try flush() }
    }

    /// Ends the file: after this it is on disk, under its name.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    public func finish() throws { try finish(as: target) }

    /// Ends a file that is not complete, under its name with `.part` after it; the target stays as it was.
    ///
    /// After a failure to write, the lines that were written before are kept.
    /// - Returns: where the lines are; nil where there are none, or where they went to a device, pipe or link.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    public func keepPart() throws -> URL? {
        try flush()
        guard temporary != nil, length > 0 else { return nil }
        let part = target.appendingPathExtension("part")
        try finish(as: part)
        return part
    }

    private func finish(as target: URL) throws {
        try flush()
        guard let temporary else { return }
        try attempt {
            try handle.synchronize()
            try handle.close()
        }
        guard rename(temporary.path, target.path) == 0 else {
            throw CorpusError.unwritable(
                path: target.relativePath, reason: String(cString: strerror(errno)).lowercased())
        }
        isFinished = true
        try? FileHandle(forReadingFrom: target.deletingLastPathComponent()).synchronize()
    }

    /// Writes the lines of the buffer, or leaves them out of the file if that fails.
    private func flush() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try attempt { try handle.write(contentsOf: buffer) }
            length += UInt64(buffer.count)
        } catch {
            if temporary != nil { try? handle.truncate(atOffset: length) }
            throw error
        }
    }

    private func attempt(_ operation: () throws -> Void) throws {
        do {
            try operation()
        } catch {
            throw CorpusError.unwritable(path: target.relativePath, reason: reason(of: error))
        }
    }
}

extension JSONLinesWriter {
    /// Writes a whole file.
    /// - Throws: as ``init(_:)``, ``write(_:)`` and ``finish()``.
    public static func write(_ records: some Sequence<Record>, to url: URL) throws {
        let writer = try JSONLinesWriter(url)
        for record in records { try writer.write(record) }
        try writer.finish()
    }
}

extension URL {
    /// Whether a file may be put here without taking the place of a device, pipe or link.
    fileprivate var isRegularFileOrAbsent: Bool {
        var status = stat()
        return lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a file, or what a link leads to, is one that keeps what is written.
    fileprivate var leadsToRegularFile: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
