import Corpus
import Foundation

/// How a caption file is written.
public enum CaptionFormat: String, Sendable, CaseIterable {
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
    public init(of url: URL) throws {
        var first = ""
        for line in try LineReader(url) {
            first = try line.get().text().trimmed
            if !first.isEmpty { break }
        }
        let suffix = url.pathExtension.lowercased()
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
