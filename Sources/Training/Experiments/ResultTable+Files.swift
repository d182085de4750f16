import Foundation

extension ResultTable {
    /// Writes `results.json`, `results.md` and `results.html`, and the same under the table's own name, each whole or not at all.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    public func write(to folder: URL, named name: String) throws {
        let files = [
            ("json", try JSONEncoder.readable.encode(self)), ("md", Data(markdown.utf8)), ("html", Data(html.utf8)),
        ]
        try RunFolder.writing(folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        for (ending, data) in files {
            for stem in ["results", name] {
                let file = folder.appending(path: "\(stem).\(ending)")
                try RunFolder.writing(file) { try data.write(to: file, options: .atomic) }
            }
        }
    }
}
