import Foundation
import Support

/// The lines of a file or stream, one at a time, in constant memory; what is compressed with gzip is unpacked.
///
/// Lines end with LF, CR LF or CR, the last one also at the end of the file, and at nothing else that Unicode calls a
/// line end; a UTF-8 byte order mark is skipped. A line that ends with CR is given at once, whether or not LF follows,
/// so that a pipe is never held up. A line longer than the limit is read over and reported, so that a file without line
/// ends cannot fill the memory.
public final class LineReader: Sequence, IteratorProtocol {
    /// A line without its ending.
    public struct Line: Sendable {
        /// The place of the line.
        public var location: SourceLocation
        /// The bytes of the line, promised to be nothing in particular.
        public var bytes: Data
        /// The bytes before these, where something was cut out of a line.
        package var indent = 0
    }

    /// The name of the file or stream in messages.
    public let name: String
    /// The reader calls it several times a second while it waits for bytes; once it is true, no line follows, and one
    /// that has begun is left out.
    package var shouldStop: (() -> Bool)?
    private let bytes: PackedBytes
    private let handle: FileHandle
    private let longestLine: Int
    private var buffer = Data()
    private var start = 0
    private var searched = 0
    private var lineNumber = 0
    /// Whether the last line ended with CR, so that a LF at ``start`` belongs to it.
    private var endedWithReturn = false
    private var hasEnded = false
    /// Whether ``shouldStop`` has ended the lines.
    package private(set) var isStopped = false

    private static let chunkSize = 1 << 18

    /// Opens a file.
    /// - Parameter longestLine: the most bytes that a line may have.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    public convenience init(_ url: URL, longestLine: Int = 1 << 24) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CorpusError.unreadable(path: url.relativePath, reason: systemMessage())
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.init(handle, name: url.relativePath, longestLine: longestLine)
    }

    /// Reads what is left of an open file or stream, for example standard input.
    public init(_ handle: FileHandle, name: String, longestLine: Int = 1 << 24) {
        self.handle = handle
        bytes = PackedBytes(handle.fileDescriptor)
        self.name = name
        self.longestLine = longestLine
    }

    /// The next line, or why it cannot be read; nil at the end, when ``shouldStop`` says so, and after a failure to
    /// read the file itself.
    public func next() -> Result<Line, CorpusError>? {
        var skippedBytes = 0
        while true {
            if let end = endOfLine() {
                endedWithReturn = buffer[end] == .carriageReturn
                defer {
                    start = Swift.min(end + 1, buffer.count)
                    searched = start
                }
                lineNumber += 1
                if skippedBytes > 0 { return .failure(tooLong) }
                return line(start..<end)
            }
            if buffer.count - start > longestLine {
                skippedBytes += buffer.count - start
                start = buffer.count
            }
            do {
                if try fill() { continue }
            } catch {
                hasEnded = true
                start = buffer.count
                if let error = error as? GzipInflater.Fault {
                    lineNumber += 1
                    return .failure(.malformed(location, problem: error.description))
                }
                return .failure(.unreadable(path: name, reason: reason(of: error)))
            }
            guard start < buffer.count || skippedBytes > 0 else { return nil }
            lineNumber += 1
            defer { start = buffer.count }
            return skippedBytes > 0 ? .failure(tooLong) : line(start..<buffer.count)
        }
    }

    /// Whether the next line, or the end, can be read without waiting for the writer of a pipe.
    package var isReady: Bool {
        while !hasEnded, endOfLine() == nil, buffer.count - start <= longestLine {
            guard hasBytes(within: 0) else { return false }
            // What fails here fails again, and is reported, when the line is asked for.
            guard (try? fill()) != nil else { break }
        }
        return true
    }

    /// Whether there is something to read, or the end, within a number of milliseconds.
    private func hasBytes(within milliseconds: Int32) -> Bool {
        if bytes.hasMore { return true }
        var request = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        let count = poll(&request, 1, milliseconds)
        return count > 0 || (count < 0 && errno != EINTR)
    }

    /// Waits until there is something to read; false where the wait was ended by ``shouldStop``.
    private func waitForBytes() -> Bool {
        guard let shouldStop else { return true }
        // What is there from the start is read, so that whoever stops at once still gets the first line.
        if lineNumber == 0, buffer.isEmpty, hasBytes(within: 0) { return true }
        while !shouldStop() {
            if hasBytes(within: 100) { return true }
        }
        return false
    }

    /// The position of the next LF or CR in the buffer, but for a LF that belongs to the line before.
    private func endOfLine() -> Int? {
        if endedWithReturn, start < buffer.count {
            if buffer[start] == .lineFeed { start += 1 }
            searched = Swift.max(searched, start)
            endedWithReturn = false
        }
        let position = buffer.withUnsafeBytes { bytes in
            bytes[searched...].firstIndex { $0 == .lineFeed || $0 == .carriageReturn }
        }
        searched = position ?? buffer.count
        return position
    }

    /// Drops the consumed bytes and reads more; false at the end.
    private func fill() throws -> Bool {
        guard !hasEnded else { return false }
        if start > 0 {
            buffer = buffer.subdata(in: start..<buffer.count)
            start = 0
        }
        searched = buffer.count
        guard waitForBytes() else {
            hasEnded = true
            isStopped = true
            start = buffer.count
            return false
        }
        guard let chunk = try bytes.next(count: Self.chunkSize) else {
            hasEnded = true
            return false
        }
        buffer.append(contentsOf: chunk)
        return true
    }

    /// The line in a range of the buffer, without byte order mark.
    private func line(_ range: Range<Int>) -> Result<Line, CorpusError> {
        var range = range
        if lineNumber == 1 {
            if let kind = ForeignContent(of: buffer[range]) {
                hasEnded = true
                buffer.removeAll()
                searched = 0
                return .failure(.malformed(location, problem: kind.problem(of: name)))
            }
            if buffer[range].starts(with: [0xEF, 0xBB, 0xBF]) { range = (range.lowerBound + 3)..<range.upperBound }
        }
        if range.count > longestLine { return .failure(tooLong) }
        return .success(Line(location: location, bytes: buffer.subdata(in: range)))
    }

    private var location: SourceLocation { SourceLocation(file: name, line: lineNumber) }

    private var tooLong: CorpusError {
        .malformed(location, problem: "the line is longer than \(longestLine) bytes; one post a line")
    }
}

extension LineReader.Line {
    /// The line as text.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` where it is not UTF-8.
    public func text() throws(CorpusError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw notUTF8 }
        return text
    }

    /// Whether the line is nothing but white space of any kind, such as no-break spaces.
    package var isBlank: Bool {
        if let first = bytes.first, (0x21..<0x7F).contains(first) { return false }
        return String(validating: bytes, as: UTF8.self)?.isBlank ?? false
    }

    /// The error of a line that is not UTF-8.
    var notUTF8: CorpusError { .malformed(location, problem: "not valid UTF-8; save the file as UTF-8") }
}
