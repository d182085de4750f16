import Foundation
import Support

/// The elements of a file that is one JSON array, each cut out as if it were a line: one at a time, with the line that
/// it begins on.
///
/// Only brackets, commas and strings are looked at, so that a bad element does not spoil those behind it.
package struct JSONArrayReader: Sequence, IteratorProtocol {
    /// The file's name in messages.
    let name: String
    /// The elements begun so far.
    private(set) var count = 0
    /// The content of the file.
    package let bytes: [UInt8]
    private var position = 0
    private var line = 1
    /// The position of the first byte of the line.
    private var lineStart = 0
    private var stage = Stage.before

    private enum Stage { case before, inside, behind, ended }

    /// Opens a file, which is held in memory.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    package init(_ url: URL) throws {
        name = url.relativePath
        bytes = try PackedBytes.all(of: url)
    }

    /// Whether the file begins like an array.
    package var isArray: Bool {
        var start = self
        return (try? start.open()) != nil
    }

    /// The next element, or why there is none; nil at the end, and after an error.
    package mutating func next() -> Result<LineReader.Line, CorpusError>? {
        do throws(CorpusError) {
            if stage == .before { try open() }
            if stage == .inside { return .success(try element()) }
            if stage == .behind { try close() }
            return nil
        } catch {
            stage = .ended
            return .failure(error)
        }
    }

    private mutating func open() throws(CorpusError) {
        if let kind = ForeignContent(of: bytes) { throw malformed(kind.problem(of: name)) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (position, lineStart) = (3, 3) }
        skipSpace()
        guard current == .openingBracket else {
            throw malformed("not a JSON array; write [{…}, {…}], or name a file of one object a line .jsonl")
        }
        position += 1
        skipSpace()
        stage = current == .closingBracket ? .behind : .inside
        if stage == .behind { position += 1 }
    }

    /// Steps over an element, and the comma or bracket behind it.
    private mutating func element() throws(CorpusError) -> LineReader.Line {
        skipSpace()
        let (start, location, indent) = (position, location, position - lineStart)
        count += 1
        var depth = 0
        var isInString = false
        while let byte = current {
            switch byte {
            case .backslash where isInString: position += 1
            case .quotationMark: isInString.toggle()
            case .lineFeed, .carriageReturn: countLine()
            case _ where isInString: break
            case .comma where depth <= 0: return end(of: start, indent, at: location, stage: .inside)
            case .closingBracket where depth <= 0: return end(of: start, indent, at: location, stage: .behind)
            case .openingBracket, .openingBrace: depth += 1
            case .closingBracket, .closingBrace: depth -= 1
            default: break
            }
            position += 1
        }
        throw .malformed(location, problem: "the file ends within this element; it is cut off, fetch it again")
    }

    private mutating func end(
        of start: Int, _ indent: Int, at location: SourceLocation, stage: Stage
    ) -> LineReader.Line {
        defer { position += 1 }
        self.stage = stage
        return LineReader.Line(location: location, bytes: Data(bytes[start..<position]), indent: indent)
    }

    private mutating func close() throws(CorpusError) {
        stage = .ended
        skipSpace()
        guard current == nil else { throw malformed("something follows the array; remove it") }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var location: SourceLocation { SourceLocation(file: name, line: line) }

    private mutating func skipSpace() {
        while let byte = current, [.space, .tab, .carriageReturn, .lineFeed].contains(byte) {
            countLine()
            position += 1
        }
    }

    /// Counts the line that the current byte ends, if it does: LF, or CR that no LF follows.
    private mutating func countLine() {
        let isEnd =
            current == .lineFeed
            || current == .carriageReturn && (position + 1 >= bytes.count || bytes[position + 1] != .lineFeed)
        guard isEnd else { return }
        line += 1
        lineStart = position + 1
    }

    private func malformed(_ problem: String) -> CorpusError { .malformed(location, problem: problem) }
}
