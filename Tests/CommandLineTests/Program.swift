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
    ///   - onTerminal: the environment of a program whose standard streams are a terminal; nil for one that has files. A
    ///     terminal ends lines with CR LF and shows errors among the output.
    ///   - largestFile: the size in KiB beyond which writing a file fails, as it does on a full disk.
    ///   - watch: is called every few milliseconds while the program runs.
    static func run(
        _ arguments: String..., input: Data = Data(), output: URL? = nil, largestFile: Int? = nil,
        watch: (pid_t) -> Void = { _ in }
    ) throws -> Outcome {
        try run(arguments, input: input, output: output, largestFile: largestFile, watch: watch)
    }

    /// The same with the arguments in an array.
    static func run(
        _ arguments: [String], input: Data = Data(), output: URL? = nil, onTerminal: [String: String]? = nil,
        largestFile: Int? = nil,
        watch: (pid_t) -> Void = { _ in }
    ) throws -> Outcome {
        let scratch = try TemporaryFolder()
        try scratch.write(input, to: "input")
        try scratch.write("", to: "output")
        try scratch.write("", to: "errors")
        let binary = folder.appending(path: "shapca").path
        var command = [binary] + arguments
        if let environment = onTerminal {
            let quoted = (environment.map { "\($0)=\($1)" }.sorted() + command).map { "'\($0)'" }
            command = ["/usr/bin/script", "-qec", "env -u NO_COLOR " + quoted.joined(separator: " "), "/dev/null"]
        }
        if let largestFile {
            let limit = "trap '' XFSZ; ulimit -f \(2 * largestFile); exec \"$0\" \"$@\""
            command = ["/bin/sh", "-c", limit] + command
        }
        let process = try spawn(command, files: [scratch["input"], output ?? scratch["output"], scratch["errors"]])
        var peak = 0
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            watch(process)
            peak = max(peak, residentPeak(of: process))
            usleep(5_000)
        }
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: scratch[name]), as: UTF8.self)
        }
        return Outcome(
            status: status & 0x7f == 0 ? status >> 8 & 0xff : status & 0x7f, hasCrashed: status & 0x7f != 0,
            output: try text("output"), errors: try text("errors"), peakMemory: peak)
    }

    /// Starts a command with its three standard streams on files. (Foundation's `Process` keeps a thread and a run loop.)
    private static func spawn(_ command: [String], files: [URL]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, file) in files.enumerated() {
            let flags = descriptor == 0 ? O_RDONLY : O_WRONLY
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), file.path, flags, 0)
        }
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let failure = posix_spawn(&process, command[0], &actions, nil, &arguments, environ)
        guard failure == 0 else {
            throw CocoaError(.executableLoad, userInfo: ["reason": String(cString: strerror(failure))])
        }
        return process
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
