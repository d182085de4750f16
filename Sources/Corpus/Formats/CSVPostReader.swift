import Foundation
import Support

/// Posts in separated values: a header that names the columns, and a row a post.
///
/// The id of a post is in the column `id`; where there is none, it is the number of the row behind the header. A row has
/// as many fields as the header. Blank lines are skipped and counted.
final class CSVPostReader: PostReader {
    private(set) var findings = Findings()
    private(set) var location: SourceLocation
    private var rows: CSVReader
    /// Nil where the lines ended before the header because they were stopped.
    private let header: Header?
    private var number = 0

    /// Reads the header.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` where it lacks a column.
    init(_ rows: CSVReader, columns: PostColumns) throws(CorpusError) {
        self.rows = rows
        location = SourceLocation(file: rows.name, line: 1)
        guard let first = self.rows.next() else {
            guard rows.isStopped else {
                throw .malformed(location, problem: "no header; name the columns in the first line")
            }
            header = nil
            return
        }
        header = try Header(first.get(), columns)
    }

    func next() -> Result<Post, CorpusError>? {
        guard let header else { return nil }
        while let result = rows.next() {
            if case .success(let row) = result, row.fields.count == 1, row.isBlank {
                findings.add(.blankLine, at: row.location, "a blank line")
                continue
            }
            number += 1
            do throws(CorpusError) {
                let row = try result.get()
                location = row.location
                var post = try header.post(of: row, number: number)
                findings.inspect(&post, at: location)
                return .success(post)
            } catch {
                location = error.location ?? location
                return .failure(error)
            }
        }
        return nil
    }

    /// The places of the columns.
    private struct Header {
        let count: Int
        let text: Int
        let id: Int?
        let image: Int?
        let context: Int?

        init(_ row: CSVReader.Row, _ columns: PostColumns) throws(CorpusError) {
            let names = row.fields.map { $0.trimmingCharacters(in: .whitespaces) }
            func place(of name: String) -> Int? {
                names.firstIndex(of: name) ?? names.firstIndex { $0.lowercased() == name.lowercased() }
            }
            func place(of part: String, named name: String) throws(CorpusError) -> Int {
                if let place = place(of: name) { return place }
                throw .malformed(
                    row.location,
                    problem: "no column \(name.quoted); name that of the \(part) with --\(part)-column; "
                        + PostColumns.hint("columns", for: name, among: names))
            }
            count = names.count
            text = try place(of: "text", named: columns.text ?? "text")
            id = place(of: "id")
            image = if let name = columns.image { try place(of: "image", named: name) } else { place(of: "image") }
            context =
                if let name = columns.context { try place(of: "context", named: name) } else { place(of: "context") }
        }

        func post(of row: CSVReader.Row, number: Int) throws(CorpusError) -> Post {
            guard row.fields.count == count else {
                throw .malformed(
                    row.location,
                    problem: "\(row.fields.count) fields, but the header has \(count); put a text that has separators "
                        + "or line ends in quotation marks")
            }
            func field(_ place: Int?) -> String? {
                place.map { row.fields[$0].trimmingCharacters(in: .whitespaces) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            return Post(
                id: field(id) ?? String(number), content: .text(row.fields[text]), image: field(image),
                context: field(context))
        }
    }
}
