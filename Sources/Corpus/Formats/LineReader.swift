import Foundation
import Support

/// The lines of a file or stream, one at a time, in constant memory.
///
/// Lines end with LF or CR LF, the last one also at the end of the file; a UTF-8 byte order mark is skipped. A line
/// longer than the limit is read over and reported, so that a file without line ends cannot fill the memory.
public final class LineReader: Sequence, IteratorProtocol {
    /// A line without its ending.
    public struct Line: Sendable {
        /// The place of the line.
        public var location: SourceLocation
        /// The bytes of the line, promised to be nothing in particular.
        public var bytes: Data
    }

    /// The name of the file or stream in messages.
    public let name: String
    /// The reader calls it several times a second while it waits for bytes; once it is true, no line follows, and one
    /// that has begun is left out.
    package var shouldStop: (() -> Bool)?
    private let handle: FileHandle
    private let longestLine: Int
    private var buffer = Data()
    private var start = 0
    private var searched = 0
    private var lineNumber = 0
    private var hasEnded = false

    private static let chunkSize = 1 << 18

    /// Opens a file.
    /// - Parameter longestLine: the most bytes that a line may have.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    public convenience init(_ url: URL, longestLine: Int = 1 << 24) throws {
        do {
            let handle = try FileHandle(forReadingFrom: url)
            self.init(handle, name: url.relativePath, longestLine: longestLine)
        } catch {
            throw CorpusError.unreadable(path: url.relativePath, reason: reason(of: error))
        }
    }

    /// Reads what is left of an open file or stream, for example standard input.
    public init(_ handle: FileHandle, name: String, longestLine: Int = 1 << 24) {
        self.handle = handle
        self.name = name
        self.longestLine = longestLine
    }

    /// The next line, or why it cannot be read; nil at the end, when ``shouldStop`` says so, and after a failure to
    /// read the file itself.
    public func next() -> Result<Line, CorpusError>? {
        var skippedBytes = 0
        while true {
            if let end = endOfLine() {
                defer {
                    start = end + 1
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
        hasEnded || endOfLine() != nil || hasBytes(within: 0)
    }

    /// Whether there is something to read, or the end, within a number of milliseconds.
    private func hasBytes(within milliseconds: Int32) -> Bool {
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

    /// The position of the next line feed in the buffer.
    private func endOfLine() -> Int? {
        let position = buffer.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, searched < bytes.count,
                let found = memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return base.distance(to: UnsafeRawPointer(found))
        }
        if position == nil { searched = buffer.count }
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
            start = buffer.count
            return false
        }
        let chunk = try readChunk()
        buffer.append(contentsOf: chunk)
        hasEnded = chunk.isEmpty
        return !chunk.isEmpty
    }

    /// The bytes that a file or pipe has at hand; empty at the end. (`FileHandle.read(upToCount:)` would wait for a full
    /// chunk.)
    private func readChunk() throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { bytes, count in
            var received = -1
            repeat {
                received = read(handle.fileDescriptor, bytes.baseAddress, Self.chunkSize)
            } while received < 0 && errno == EINTR
            guard received >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            count = received
        }
    }

    /// The line in a range of the buffer, without carriage return and byte order mark.
    private func line(_ range: Range<Int>) -> Result<Line, CorpusError> {
        var range = range
        if range.count > longestLine { return .failure(tooLong) }
        if let last = range.last, buffer[last] == 0x0D { range = range.lowerBound..<last }
        if lineNumber == 1 {
            if buffer[range].starts(with: [0xEF, 0xBB, 0xBF]) { range = (range.lowerBound + 3)..<range.upperBound }
            if buffer[range].starts(with: [0xFF, 0xFE]) || buffer[range].starts(with: [0xFE, 0xFF]) {
                return .failure(.malformed(location, problem: "this is UTF-16; save the file as UTF-8"))
            }
        }
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

    /// Whether the line is nothing but spaces, tabs and carriage returns.
    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

    /// The error of a line that is not UTF-8.
    var notUTF8: CorpusError { .malformed(location, problem: "not valid UTF-8; save the file as UTF-8") }
}
