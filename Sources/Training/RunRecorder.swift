import Foundation

/// Writes down what happens in a run as it happens: `metrics.jsonl` and the events of TensorBoard.
package final class RunRecorder {
    private let url: URL
    private var file: FileHandle
    private let events: TensorBoardWriter

    /// Opens the files of a run, which are only appended to.
    /// - Parameter step: the last step of a run that continues; nil for a new one.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package init(_ folder: RunFolder, continuingAt step: Int?) throws {
        url = folder.metrics
        file = try Self.open(folder.metrics)
        events = try TensorBoardWriter(folder: folder.url, resumingAt: step)
    }

    /// Adds a line, and the same numbers as an event. A file that somebody has removed or replaced is opened again.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package func record(_ metrics: Metrics) throws {
        let line = try metrics.line
        var status = stat()
        if fstat(file.fileDescriptor, &status) != 0 || status.st_nlink == 0 { file = try Self.open(url) }
        try RunFolder.writing(url) { try file.write(contentsOf: line) }
        try events.write(metrics)
    }

    private static func open(_ url: URL) throws -> FileHandle {
        try RunFolder.writing(url) {
            if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
            let file = try FileHandle(forWritingTo: url)
            try file.seekToEnd()
            return file
        }
    }
}
