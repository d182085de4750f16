import Corpus

/// Comma-separated values (RFC 4180), a row at a time in constant memory, with the line that each begins on.
///
/// Written here because the Swift library for it reads whole files and names no lines in its errors.
struct CSVReader: Sequence, IteratorProtocol {
    struct Row: Equatable {
        var fields: [String]
        let location: SourceLocation
    }

    /// The most characters of a row: a quotation mark that is never closed swallows no more.
    private static let longestRow = 1 << 20
    private let lines: LineReader

    init(_ lines: LineReader) { self.lines = lines }

    mutating func next() -> Result<Row, CorpusError>? {
        guard let first = lines.next() else { return nil }
        do throws(CorpusError) {
            return .success(try row(from: try first.get()))
        } catch {
            return .failure(error)
        }
    }

    /// A row from its first line on; further lines are read while a quotation mark is open.
    private func row(from first: LineReader.Line) throws(CorpusError) -> Row {
        var text = try first.text()
        var length = text.utf8.count
        var row = Row(fields: [], location: first.location)
        var field = ""
        var isQuoted = false
        while true {
            var characters = text.unicodeScalars.makeIterator()
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
                case (",", false):
                    row.fields.append(field)
                    field = ""
                default: field.unicodeScalars.append(character)
                }
            }
            guard isQuoted else { break }
            guard length <= Self.longestRow, let next = lines.next() else {
                throw .malformed(first.location, problem: "a quotation mark is not closed; close it, or double it")
            }
            text = "\n" + (try next.get().text())
            length += text.utf8.count
        }
        row.fields.append(field)
        return row
    }
}
