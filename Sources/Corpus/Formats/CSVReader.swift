import Foundation
import Support

/// Separated values (RFC 4180), a row at a time in constant memory, with the line that each begins on. Line ends within
/// quotation marks are LF, whatever they are in the file.
///
/// Written here because the Swift library for it reads whole files and names no lines in its errors.
package struct CSVReader: Sequence, IteratorProtocol {
    package struct Row: Equatable {
        package var fields: [String]
        package let location: SourceLocation

        /// Whether nothing is in any field.
        package var isBlank: Bool { fields.allSatisfy(\.isBlank) }
    }

    /// The most characters of a row: a quotation mark that is never closed swallows no more.
    private static let longestRow = 1 << 20
    private let lines: LineReader
    /// The lines behind that of a quotation mark that is not closed, which are rows of their own.
    private var unread: ArraySlice<Result<LineReader.Line, CorpusError>> = []
    private let separator: Unicode.Scalar

    /// - Parameter separator: what stands between fields.
    package init(_ lines: LineReader, separator: Unicode.Scalar = ",") {
        (self.lines, self.separator) = (lines, separator)
    }

    /// Values of which the first line tells what separates them: that of comma, semicolon and tab which makes most fields.
    package init(detecting lines: LineReader) {
        let first = lines.next()
        let text = (try? first?.get().text()) ?? ""
        let separators: [Unicode.Scalar] = [",", ";", "\t"]
        let counted = separators.map { ($0, CSVFields(text, separator: $0).all.count) }
        self.init(lines, separator: counted.max { $0.1 < $1.1 }?.0 ?? ",")
        unread = [first].compactMap(\.self)[...]
    }

    /// The name of the file or stream in messages.
    var name: String { lines.name }

    /// Whether the lines were stopped.
    var isStopped: Bool { lines.isStopped }

    /// The next row, or why it cannot be read; nil at the end, and where the lines were stopped within a row.
    package mutating func next() -> Result<Row, CorpusError>? {
        guard let first = nextLine() else { return nil }
        do throws(CorpusError) {
            return .success(try row(from: try first.get()))
        } catch {
            return lines.isStopped ? nil : .failure(error)
        }
    }

    private mutating func nextLine() -> Result<LineReader.Line, CorpusError>? { unread.popFirst() ?? lines.next() }

    /// A row from its first line on; further lines are read while a quotation mark is open.
    private mutating func row(from first: LineReader.Line) throws(CorpusError) -> Row {
        var text = try first.text()
        var length = text.utf8.count
        var fields = CSVFields(text, separator: separator)
        var further: [Result<LineReader.Line, CorpusError>] = []
        while fields.isQuoted {
            guard length <= Self.longestRow, let next = nextLine() else {
                unread = further + unread
                throw .malformed(first.location, problem: "a quotation mark is not closed; close it, or double it")
            }
            further.append(next)
            text = "\n" + (try next.get().text())
            length += text.utf8.count
            fields.read(text)
        }
        return Row(fields: fields.all, location: first.location)
    }
}

/// The fields of a row as its lines are read.
private struct CSVFields {
    let separator: Unicode.Scalar
    private var finished: [String] = []
    private var field = ""
    private(set) var isQuoted = false

    init(_ line: String, separator: Unicode.Scalar) {
        self.separator = separator
        read(line)
    }

    /// The fields, the one under way included.
    var all: [String] { finished + [field] }

    /// Reads a further line; one that follows a line within quotation marks begins with its end.
    mutating func read(_ line: String) {
        var characters = line.unicodeScalars.makeIterator()
        var pending: Unicode.Scalar?
        while let character = pending ?? characters.next() {
            pending = nil
            switch (character, isQuoted) {
            case ("\"", true):
                let after = characters.next()
                if after == "\"" {
                    field.unicodeScalars.append("\"")
                } else {
                    isQuoted = false
                    pending = after
                }
            case ("\"", false) where field.allSatisfy(\.isWhitespace):
                field = ""
                isQuoted = true
            case (separator, false):
                finished.append(field)
                field = ""
            default: field.unicodeScalars.append(character)
            }
        }
    }
}
