import Foundation
import Support
import Training

/// A finished run: its place, its configuration and its result.
package struct FinishedRun: Codable, Sendable {
    /// The row's ``Variant/slug``; the result has the rest of the place.
    var row: String
    /// As YAML.
    var configuration: String
    var result: RunResult

    package init(_ run: ReproductionPlan.Run, result: RunResult) {
        row = run.variant.slug
        configuration = run.configuration.yaml
        self.result = result
    }

    /// Reads the run from a folder of its own, `config.yaml` and `result-DATASET.json`, where earlier versions kept it.
    /// - Returns: nil where there is no result, or none of this format.
    /// - Throws: ``ConfigurationError``.
    init?(of run: ReproductionPlan.Run, in folder: URL) throws {
        let file = folder.appending(path: "result-\(run.tested.rawValue).json")
        guard let data = try? Data(contentsOf: file),
            let result = try? JSONDecoder().decode(RunResult.self, from: data)
        else { return nil }
        row = run.variant.slug
        configuration = try TrainingConfiguration(
            contentsOf: RunFolder(url: folder).configuration, onto: .earlier
        ).yaml
        self.result = result
    }

    /// Whether this is that run of a plan, finished.
    func isFinish(of run: ReproductionPlan.Run) -> Bool { isTest(of: run) && result.tested == run.tested }

    /// Whether the same model was tested, on that dataset or another.
    func isTest(of run: ReproductionPlan.Run) -> Bool {
        row == run.variant.slug && result.trained == run.trained && result.generator == run.generator
            && result.seed == run.seed
    }
}

/// The finished runs of a dataset, a JSON object a line.
package struct ResultFile {
    let url: URL

    package init(url: URL) { self.url = url }

    /// - Throws: ``ReproductionError/damaged(place:reason:)``.
    package func read() throws -> [FinishedRun] {
        let decoder = JSONDecoder()
        return try content().split(separator: Self.newline, omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.isEmpty }
            .map { index, line in
                do throws(JSONProblem) {
                    return try decoder.decode(
                        FinishedRun.self, from: Data(line), rule: "a run is a JSON object a line")
                } catch {
                    throw ReproductionError.damaged(place: "\(url.path):\(index + 1)", reason: error.description)
                }
            }
    }

    /// Adds a run, whole or not at all. Processes that add to the same file wait for each other.
    /// - Throws: `FileError` and the errors of Foundation.
    package func append(_ run: FinishedRun) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(run)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let lock = try lock()
        defer { close(lock) }
        var content = try content()
        if content.last ?? Self.newline != Self.newline { content.append(Self.newline) }
        try AtomicFile.write(content + line + [Self.newline], to: url)
    }

    private static let newline = UInt8(ascii: "\n")

    /// All bytes; none where there is no file.
    private func content() throws -> Data {
        FileManager.default.fileExists(atPath: url.path) ? try Data(contentsOf: url) : Data()
    }

    /// Waits until no other process adds to the file, and keeps others out until the descriptor is closed.
    private func lock() throws -> Int32 {
        while true {
            let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    let code = errno
                    close(descriptor)
                    throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
                }
            }
            // After a wait the descriptor may be of a file that another process has replaced.
            var (locked, current) = (stat(), stat())
            if fstat(descriptor, &locked) == 0, stat(url.path, &current) == 0, locked.st_ino == current.st_ino {
                return descriptor
            }
            close(descriptor)
        }
    }
}
