import Foundation
import Support

/// Writes records as JSON lines into a file that appears whole or not at all.
///
/// ``finish()`` brings the file to the disk and to its name, and ``keepPart()`` does so under another name where the
/// work was stopped. A writer that is dropped before leaves the target as it was. Devices, pipes and links are written
/// to as they are.
public final class JSONLinesWriter<Record: Encodable> {
    private let target: URL
    private let file: AtomicFile
    /// Whether the lines are in a temporary file so far.
    private let keepsPart: Bool
    private let encoder = JSONEncoder.compact
    private var buffer = Data()

    /// Begins a file.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    public init(_ url: URL) throws(CorpusError) {
        target = url
        keepsPart = url.isRegularFileOrAbsent
        do throws(FileError) {
            file = try keepsPart ? AtomicFile(replacing: url) : AtomicFile(writingThrough: url)
        } catch {
            throw CorpusError(error, file: url)
        }
    }

    /// Adds a line.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``, or what the record's own encoding throws.
    public func write(_ record: Record) throws {
        buffer.append(try encoder.encode(record))
        buffer.append(0x0A)
        if buffer.count >= 1 << 18 { try flush() }
    }

    /// Brings the lines so far to the disk, so that only the name is wanting.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    func synchronize() throws(CorpusError) {
        try flush()
        do throws(FileError) { try file.synchronize() } catch { throw CorpusError(error, file: target) }
    }

    /// Ends the file: after this it is on disk, under its name.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    public func finish() throws(CorpusError) {
        try flush()
        try commit(as: target)
    }

    /// Ends a file that is not complete, under its name with `.part` after it; the target stays as it was.
    ///
    /// After a failure to write, the lines that were written before are kept.
    /// - Returns: the place of the lines; nil where there are none, or where they went to a device, pipe or link.
    /// - Throws: ``CorpusError/unwritable(path:reason:)``.
    public func keepPart() throws(CorpusError) -> URL? {
        try flush()
        guard keepsPart, file.byteCount > 0 else { return nil }
        let part = target.appendingPathExtension("part")
        try commit(as: part)
        return part
    }

    /// Writes the lines of the buffer, or leaves them out of the file if that fails.
    private func flush() throws(CorpusError) {
        defer { buffer.removeAll(keepingCapacity: true) }
        do throws(FileError) { try file.append(buffer) } catch { throw CorpusError(error, file: target) }
    }

    private func commit(as url: URL) throws(CorpusError) {
        do throws(FileError) { try file.commit(as: url) } catch { throw CorpusError(error, file: url) }
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
