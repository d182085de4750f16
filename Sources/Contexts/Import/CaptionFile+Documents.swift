import Corpus
import Foundation
import Support

extension CaptionFile {
    /// The captions of a file that is one JSON document.
    func forEachOfDocument(_ body: (Result<Caption, CorpusError>) throws -> Void) throws {
        let array = try JSONArrayReader(url)
        if array.isArray { return try forEachElement(of: array, body) }
        let location = SourceLocation(file: url.relativePath, line: 1)
        let rule = "write {\"1.jpg\": \"caption\", …}, or give --format jsonl for one object a line"
        guard let map = try Self.json(Data(array.bytes), at: location, rule: rule) as? [String: Any] else {
            throw CorpusError.malformed(location, problem: "not an object or a list of them; \(rule)")
        }
        for (name, value) in map.sorted(by: { $0.key < $1.key }) {
            try body(Result { () throws(CorpusError) in try Self.entry(name, value, at: location) })
        }
    }

    private func forEachElement(
        of array: JSONArrayReader, _ body: (Result<Caption, CorpusError>) throws -> Void
    ) throws {
        for (index, element) in array.enumerated() {
            try body(
                Result { () throws(CorpusError) in
                    do throws(CorpusError) {
                        return try Self.element(element.get())
                    } catch {
                        guard let location = error.location else { throw error }
                        throw .malformed(location, problem: "element \(index): \(error.problem)")
                    }
                })
        }
    }

    private static func element(_ element: LineReader.Line) throws(CorpusError) -> Caption {
        let rule = "write a list of objects"
        let value = try json(element.bytes, at: element.location, indent: element.indent, rule: rule)
        guard let fields = value as? [String: Any] else {
            throw .malformed(element.location, problem: "not an object; \(rule)")
        }
        return try record(fields, at: element.location)
    }

    private static func entry(
        _ name: String, _ value: Any, at location: SourceLocation
    ) throws(CorpusError) -> Caption {
        let fields = value as? [String: Any]
        let inner = fields.flatMap { fields in Caption.textFields.lazy.compactMap { fields[$0] }.first }
        guard let text = text(inner ?? value) else {
            throw .malformed(location, problem: "the caption of \(name.debugDescription) is not a text")
        }
        return try Caption(image: name, text: text, at: location)
    }

    /// The captions of comma-separated values.
    func forEachRow(_ body: (Result<Caption, CorpusError>) throws -> Void) throws {
        var columns: (image: Int, text: Int)?
        for result in CSVReader(try LineReader(url)) {
            let row: CSVReader.Row
            do {
                row = try result.get()
            } catch {
                try body(.failure(error))
                continue
            }
            if row.isBlank { continue }
            if columns == nil {
                let names = row.fields.map { $0.trimmed.lowercased() }
                if let image = names.firstIndex(where: Caption.imageFields.contains),
                    let text = names.firstIndex(where: Caption.textFields.contains)
                {
                    columns = (image, text)
                    continue
                }
                columns = (0, 1)
            }
            guard let columns, row.fields.count > max(columns.image, columns.text) else {
                try body(
                    .failure(.malformed(row.location, problem: "\(row.fields.count) fields; a caption is missing")))
                continue
            }
            try body(
                Result { () throws(CorpusError) in
                    try Caption(image: row.fields[columns.image], text: row.fields[columns.text], at: row.location)
                })
        }
    }
}
