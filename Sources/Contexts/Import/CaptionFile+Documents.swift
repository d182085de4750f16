import Corpus
import Foundation
import Support

extension CaptionFile {
    /// The captions of a file that is one JSON document.
    func forEachOfDocument(_ body: (Result<Caption, CorpusError>) throws -> Void) throws {
        let data = Data(try PackedBytes.all(of: url))
        let location = SourceLocation(file: url.relativePath, line: 1)
        let rule = "write {\"1.jpg\": \"caption\", …}, or give --format jsonl for one object a line"
        switch try Self.json(data, at: location, rule: rule) {
        case let map as [String: Any]:
            for (name, value) in map.sorted(by: { $0.key < $1.key }) {
                try body(Result { () throws(CorpusError) in try Self.entry(name, value, at: location) })
            }
        case let list as [Any]:
            for (index, value) in list.enumerated() {
                try body(
                    Result { () throws(CorpusError) in
                        guard let fields = value as? [String: Any] else {
                            throw .malformed(location, problem: "element \(index) is not an object")
                        }
                        return try Self.record(fields, at: location)
                    })
            }
        default: throw CorpusError.malformed(location, problem: "not an object or a list of them; \(rule)")
        }
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
            if row.fields.allSatisfy({ $0.trimmed.isEmpty }) { continue }
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
