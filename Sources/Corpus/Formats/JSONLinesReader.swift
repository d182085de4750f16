import Foundation

extension DatasetFormat {
    /// The native format, one post a line: `train.jsonl`, `valid.jsonl` and `test.jsonl`.
    static let jsonLines = DatasetFormat(name: "JSON lines", pathExtension: "jsonl") { try JSONLinesReader($0) }
}

/// Posts in the native format: JSON lines, one post a line.
///
/// A post without an id gets its line number. Blank lines are skipped and counted.
public final class JSONLinesReader: PostReader {
    public private(set) var findings = Findings()
    public private(set) var location: SourceLocation
    private let lines: LineReader
    private let decoder = JSONDecoder()

    /// Opens a file.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    public convenience init(_ url: URL) throws {
        self.init(lines: try LineReader(url))
    }

    /// Reads posts from lines, for example of standard input.
    public init(lines: LineReader) {
        self.lines = lines
        location = SourceLocation(file: lines.name, line: 1)
    }

    /// Whether a line can be read without waiting for the writer of a pipe.
    package var isReady: Bool { lines.isReady }

    public func next() -> Result<Post, CorpusError>? {
        while let result = lines.next() {
            switch result {
            case .failure(let error):
                location = error.location ?? location
                return .failure(error)
            case .success(let line):
                location = line.location
                if !line.isBlank { return Result { () throws(CorpusError) in try post(of: line) } }
                findings.add(.blankLine, at: location, "a blank line")
            }
        }
        return nil
    }

    private func post(of line: LineReader.Line) throws(CorpusError) -> Post {
        let record = try decoder.record(PostRecord.self, of: line)
        var post = record.post
        if post.id.isEmpty { post.id = String(line.location.line) }
        do throws(PostError) {
            try post.validate()
        } catch {
            throw .malformed(line.location, problem: error.description)
        }
        for field in record.unknownFields {
            findings.add(.unknownField, at: line.location, "field \(field.quoted) is not one of \(PostRecord.fields)")
        }
        findings.inspect(post, at: line.location)
        return post
    }
}

/// A post and the names of its unknown fields.
private struct PostRecord: Decodable {
    var post: Post
    var unknownFields: [String]

    static let fields = Post.CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")

    init(from decoder: any Decoder) throws {
        post = try Post(from: decoder)
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
        unknownFields = keys.lazy.map(\.stringValue).filter { Post.CodingKeys(rawValue: $0) == nil }.sorted()
    }
}

/// The name of any field.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
