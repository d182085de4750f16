import Foundation
import TestSupport

/// The `shapca` binary that was built beside these tests, run as its users run it.
enum Program {
    /// What a run of the program came to.
    struct Outcome {
        let status: Int32
        /// Whether a signal ended it: a crash.
        let hasCrashed: Bool
        let output: String
        let errors: String
        /// The most memory that was resident, in bytes, as far as it was seen.
        let peakMemory: Int

        /// The output's lines.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// The output as JSON.
        func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(output.utf8))
        }
    }

    /// The folder of the binaries.
    static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// Runs the program to its end.
    /// - Parameters:
    ///   - input: what it reads from standard input.
    ///   - output: the file that standard output goes to; nil to have it in the outcome.
    ///   - largestFile: the size in KiB beyond which writing a file fails, as it does on a full disk.
    ///   - watch: is called every few milliseconds while the program runs.
    static func run(
        _ arguments: String..., input: Data = Data(), output: URL? = nil, largestFile: Int? = nil,
        watch: (Process) -> Void = { _ in }
    ) throws -> Outcome {
        try run(arguments, input: input, output: output, largestFile: largestFile, watch: watch)
    }

    /// The same with the arguments in an array.
    static func run(
        _ arguments: [String], input: Data = Data(), output: URL? = nil, largestFile: Int? = nil,
        watch: (Process) -> Void = { _ in }
    ) throws -> Outcome {
        let scratch = try TemporaryFolder()
        try scratch.write(input, to: "input")
        try scratch.write("", to: "output")
        try scratch.write("", to: "errors")
        let process = Process()
        let binary = folder.appending(path: "shapca")
        if let largestFile {
            let limit = "trap '' XFSZ; ulimit -f \(2 * largestFile); exec \"$0\" \"$@\""
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", limit, binary.path] + arguments
        } else {
            process.executableURL = binary
            process.arguments = arguments
        }
        process.standardInput = try FileHandle(forReadingFrom: scratch["input"])
        process.standardOutput = try FileHandle(forWritingTo: output ?? scratch["output"])
        process.standardError = try FileHandle(forWritingTo: scratch["errors"])
        try process.run()
        var peak = 0
        while process.isRunning {
            watch(process)
            peak = max(peak, residentPeak(of: process.processIdentifier))
            usleep(5_000)
        }
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: scratch[name]), as: UTF8.self)
        }
        return Outcome(
            status: process.terminationStatus, hasCrashed: process.terminationReason == .uncaughtSignal,
            output: try text("output"), errors: try text("errors"), peakMemory: peak)
    }

    /// The high-water mark of a process's resident memory, in bytes; 0 where the system does not tell.
    private static func residentPeak(of process: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return 1024 * (number ?? 0)
    }
}

extension Program.Outcome {
    /// Whether the program ended by itself, with this status and one message that names what is wrong.
    func failed(_ status: Int32 = 1, saying words: String...) -> Bool {
        !hasCrashed && self.status == status && words.allSatisfy { errors.contains($0) }
            && errors.count { $0 == "\n" } <= 2 && errors.hasPrefix("Error: ")
    }
}
