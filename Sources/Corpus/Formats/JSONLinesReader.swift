import Foundation

extension DatasetFormat {
    /// The native format, one post a line: `train.jsonl`, `valid.jsonl` (or `val`, `dev`, `validation`) and
    /// `test.jsonl`.
    static let jsonLines = DatasetFormat(name: "JSON lines", pathExtension: "jsonl") { try JSONLinesReader($0) }
}

/// Posts in the native format: JSON lines, one post a line.
///
/// A post without an id gets its line number. Blank lines are skipped and counted. What annotation tools write instead
/// is read where it is unmistakable, and counted too.
public final class JSONLinesReader: PostReader {
    public private(set) var findings = Findings()
    public private(set) var location: SourceLocation
    private let lines: LineReader
    private var records: PostRecordReader

    /// Opens a file.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    public convenience init(_ url: URL) throws {
        self.init(lines: try LineReader(url))
    }

    /// Reads posts from lines, for example of standard input.
    /// - Parameter columns: the names of fields that are not the native ones.
    public init(lines: LineReader, columns: PostColumns = PostColumns()) {
        self.lines = lines
        records = PostRecordReader(columns: columns)
        location = SourceLocation(file: lines.name, line: 1)
    }

    public func next() -> Result<Post, CorpusError>? {
        while let result = lines.next() {
            switch result {
            case .failure(let error):
                location = error.location ?? location
                return .failure(error)
            case .success(let line):
                location = line.location
                if line.isBlank {
                    findings.add(.blankLine, at: location, "a blank line")
                    continue
                }
                do throws(CorpusError) {
                    if let post = try records.post(of: line, findings: &findings) { return .success(post) }
                } catch {
                    return .failure(error)
                }
            }
        }
        records.finish(findings: &findings)
        return nil
    }
}
