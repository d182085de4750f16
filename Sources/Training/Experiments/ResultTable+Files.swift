import Foundation

extension ResultTable {
    /// Writes `results.json`, `results.md` and `results.html`, and the same under the table's own name, each whole or not at all;
    /// and the curves of a figure by its main measure, `NAME-DATASET.svg`.
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
        for measures in datasets {
            guard let chart = chart(measures[0]) else { continue }
            let file = folder.appending(path: "\(name)-\(measures[0][0].trained.rawValue).svg")
            try RunFolder.writing(file) { try Data(chart.svg.utf8).write(to: file, options: .atomic) }
        }
    }
}
