import Foundation
import TestSupport

/// TensorBoard itself, where a Python has it: `SHAPCA_PYTHON`, else an environment of Python in the cache, else `python3`.
enum TensorBoardPeer {
    /// A Python that has the package `tensorboard`.
    static let python: String? = {
        let environments = (try? FileManager.default.contentsOfDirectory(atPath: ModelCache.url.path)) ?? []
        let cached = environments.sorted().map { ModelCache.url.appending(path: "\($0)/bin/python").path }
        let named = ProcessInfo.processInfo.environment["SHAPCA_PYTHON"].map { [$0] } ?? []
        let candidates = (named + cached).filter { FileManager.default.isExecutableFile(atPath: $0) } + ["python3"]
        return candidates.first { (try? run($0, "import tensorboard")) != nil }
    }()

    /// A number as TensorBoard shows it.
    struct Scalar: Decodable, Equatable {
        let step: Int
        let value: Float
    }

    struct Failure: Error { let status: Int32 }

    /// What TensorBoard shows of a folder, by name.
    static func scalars(in folder: URL) throws -> [String: [Scalar]] {
        let script = """
            import json, sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
            events.Reload()
            print(json.dumps({tag: [{"step": event.step, "value": event.value} for event in events.Scalars(tag)]
                              for tag in events.Tags()["scalars"]}))
            """
        return try JSONDecoder().decode([String: [Scalar]].self, from: run(python ?? "python3", script, folder.path))
    }

    private static func run(_ python: String, _ arguments: String...) throws -> Data {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, "-c"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return data
    }
}
