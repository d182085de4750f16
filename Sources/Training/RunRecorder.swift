import Foundation
import Support

/// Writes down what happens in a run as it happens: `metrics.jsonl` and the events of TensorBoard.
package struct RunRecorder {
    private let url: URL
    private let file: FileHandle
    private let events: TensorBoardWriter
    private let encoder = JSONEncoder()

    /// Opens the files of a run, which are only appended to.
    /// - Parameter step: the last step of a run that continues; nil for a new one.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package init(_ folder: RunFolder, continuingAt step: Int?) throws {
        let url = folder.metrics
        file = try RunFolder.writing(url) {
            if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
            let file = try FileHandle(forWritingTo: url)
            try file.seekToEnd()
            return file
        }
        self.url = url
        events = try TensorBoardWriter(folder: folder.url, resumingAt: step)
        encoder.outputFormatting = [.sortedKeys]
    }

    /// Adds a line, and the same numbers as an event.
    /// - Throws: ``RunError/unwritable(path:reason:)``, also where somebody has removed the file.
    package func record(_ metrics: Metrics) throws {
        let line = try encoder.encode(metrics) + Data("\n".utf8)
        try RunFolder.writing(url) {
            var status = stat()
            guard fstat(file.fileDescriptor, &status) == 0, status.st_nlink > 0 else {
                throw RunError.unwritable(path: url.path, reason: "it was removed")
            }
            try file.write(contentsOf: line)
        }
        try events.write(metrics)
    }
}
