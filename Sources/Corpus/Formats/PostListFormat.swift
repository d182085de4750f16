import Foundation

/// The layout of a list of posts, as people have it who want something found in them.
public enum PostListFormat: String, Sendable, CaseIterable {
    /// The native format, see ``JSONLinesReader``.
    case jsonLines = "jsonl"
    /// Values separated by commas, semicolons or tabs, as the header says, see ``CSVPostReader``.
    case csv
    /// Values separated by tabs.
    case tsv
    /// The text of a post a line.
    case text = "txt"

    /// The format of a file, by its extension; JSON lines where it has another.
    public init(of file: URL) {
        self = PostListFormat(rawValue: file.unpacked.pathExtension.lowercased()) ?? .jsonLines
    }

    /// Whether columns or fields have names.
    public var hasColumns: Bool { self != .text }

    /// Reads posts from lines.
    /// - Throws: ``CorpusError`` where a header lacks a column.
    package func reader(of lines: LineReader, columns: PostColumns) throws(CorpusError) -> any PostReader {
        switch self {
        case .jsonLines: JSONLinesReader(lines: lines, columns: columns)
        case .csv: try CSVPostReader(CSVReader(detecting: lines), columns: columns)
        case .tsv: try CSVPostReader(CSVReader(lines, separator: "\t"), columns: columns)
        case .text: TextLinesReader(lines)
        }
    }
}

/// The text of a post a line; its id is the number of the line. Blank lines are skipped and counted.
final class TextLinesReader: PostReader {
    private(set) var findings = Findings()
    private(set) var location: SourceLocation
    private let lines: LineReader

    init(_ lines: LineReader) {
        self.lines = lines
        location = SourceLocation(file: lines.name, line: 1)
    }

    func next() -> Result<Post, CorpusError>? {
        while let result = lines.next() {
            do throws(CorpusError) {
                let line = try result.get()
                location = line.location
                let text = try line.text()
                if !text.isBlank { return .success(Post(id: String(location.line), content: .text(text))) }
                findings.add(.blankLine, at: location, "a blank line")
            } catch {
                location = error.location ?? location
                return .failure(error)
            }
        }
        return nil
    }
}
