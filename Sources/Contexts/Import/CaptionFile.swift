import Corpus
import Foundation
import Support

/// Captions out of a file of any ``CaptionFormat``, one at a time.
package struct CaptionFile: Sendable {
    package let url: URL
    package let format: CaptionFormat

    /// - Parameter format: nil to detect it from the file.
    /// - Throws: `CorpusError`.
    package init(_ url: URL, format: CaptionFormat? = nil) throws {
        self.url = url
        self.format = try format ?? CaptionFormat(of: url)
    }

    /// Calls the body with every caption, or with the reason why a line has none, and continues behind it.
    /// - Throws: `CorpusError` where the file cannot be read at all, or what the body throws.
    package func readAll(_ body: (Result<Caption, CorpusError>) throws -> Void) throws {
        switch format {
        case .json: try forEachOfDocument(body)
        case .csv: try forEachRow(body)
        case .jsonLines: try forEachLine(body, read: Self.fromJSON)
        case .names: try forEachLine(body, read: Self.fromName)
        case .python: try forEachLine(body, read: Self.fromPython)
        }
    }

    private func forEachLine(
        _ body: (Result<Caption, CorpusError>) throws -> Void,
        read: (String, SourceLocation) throws(CorpusError) -> Caption?
    ) throws {
        for result in try LineReader(url) {
            let caption = Result { () throws(CorpusError) -> Caption? in
                let line = try result.get()
                let text = try line.text()
                return text.trimmed.isEmpty ? nil : try read(text, line.location)
            }
            switch caption {
            case .success(let caption?): try body(.success(caption))
            case .success(nil): break
            case .failure(let error): try body(.failure(error))
            }
        }
    }

    /// A record of a JSON line; nil for a header.
    private static func fromJSON(_ line: String, at location: SourceLocation) throws(CorpusError) -> Caption? {
        guard let object = try json(Data(line.utf8), at: location, rule: "write one object a line") as? [String: Any]
        else { throw .malformed(location, problem: "not a JSON object; write one a line") }
        if object["header"] != nil { return nil }
        return try record(object, at: location)
    }

    /// A value of JSON that begins at a place.
    /// - Parameter indent: the characters before it on its line.
    static func json(
        _ data: Data, at location: SourceLocation, indent: Int = 0, rule: String
    ) throws(CorpusError) -> Any {
        if let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) { return value }
        do throws(JSONProblem) { try JSONProblem.check(data, rule: rule) } catch {
            throw CorpusError(error, at: location, indent: indent)
        }
        throw .malformed(location, problem: "a number is too large; write it as a string")
    }

    /// The caption in two fields of a record, or in its only one.
    static func record(_ fields: [String: Any], at location: SourceLocation) throws(CorpusError) -> Caption {
        let fields = Dictionary(fields.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        let image = Caption.imageFields.lazy.compactMap { fields[$0] }.first.flatMap(text)
        let caption = Caption.textFields.lazy.compactMap { fields[$0] }.first.flatMap(text)
        guard let image, let caption else {
            throw .malformed(
                location,
                problem: "no picture and caption; name them \"image\" and \"context\" (or \"caption\")")
        }
        return try Caption(image: image, text: caption, at: location)
    }

    /// A value as a caption: a text, a number as a name, the first of a list.
    static func text(_ value: Any) -> String? {
        switch value {
        case let text as String: text
        case let list as [Any]: list.first.flatMap(text)
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }

    private static func fromName(_ line: String, at location: SourceLocation) throws(CorpusError) -> Caption? {
        for separator in ["\t", " :", ": ", ":"] {
            guard let place = line.firstRange(of: separator) else { continue }
            let name = line[..<place.lowerBound].split(separator: "#").first.map(String.init) ?? ""
            return try Caption(image: name, text: String(line[place.upperBound...]), at: location)
        }
        throw .malformed(location, problem: "no colon between name and caption; write NAME :CAPTION")
    }

    private static func fromPython(_ line: String, at location: SourceLocation) throws(CorpusError) -> Caption? {
        let literal: PythonLiteral
        do throws(PythonLiteralError) {
            literal = try PythonLiteral(line.trimmed)
        } catch {
            throw .malformed(location, problem: error.description)
        }
        guard case .dictionary(let fields) = literal else {
            throw .malformed(location, problem: "not a dictionary; write one a line")
        }
        let values = fields.compactMapValues(\.plainValue)
        if values.count == 1, let (name, value) = values.first, let text = text(value) {
            return try Caption(image: name, text: text, at: location)
        }
        return try record(values, at: location)
    }
}

extension PythonLiteral {
    /// The value as JSON would give it, as far as captions need it.
    fileprivate var plainValue: Any? {
        switch self {
        case .string(let text): text
        case .integer(let number): number
        case .list(let elements), .tuple(let elements): elements.compactMap(\.plainValue)
        default: nil
        }
    }
}

/// The format of a caption file.
package enum CaptionFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, with a field for the picture and one for the caption.
    case jsonLines = "jsonl"
    /// One JSON object with the pictures' names as keys, or an array of objects with two fields each.
    case json
    /// Comma-separated values, with or without a line that names the columns.
    case csv
    /// `name :caption`, or a tab in place of the colon.
    case names
    /// One Python dictionary a line.
    case python

    /// The format of a file, by its first line and its name.
    /// - Throws: `CorpusError`.
    package init(of url: URL) throws {
        var first = ""
        for line in try LineReader(url) {
            first = try line.get().text().trimmed
            if !first.isEmpty { break }
        }
        let suffix = url.unpacked.pathExtension.lowercased()
        if first.hasPrefix("[") {
            self = .json
        } else if first.hasPrefix("{") {
            if let object = try? JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any] {
                let isRecord = object["header"] != nil || Caption.imageFields.contains { object[$0] != nil }
                self = isRecord && suffix != "json" ? .jsonLines : suffix == "jsonl" ? .jsonLines : .json
            } else if (try? PythonLiteral(first)) != nil {
                self = .python
            } else {
                self = suffix == "jsonl" ? .jsonLines : .json
            }
        } else if suffix == "csv" {
            self = .csv
        } else {
            let columns = first.lowercased().split(separator: ",").map { String($0).trimmed }
            self = columns.count > 1 && columns.contains(where: Caption.imageFields.contains) ? .csv : .names
        }
    }
}
