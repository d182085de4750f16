import Foundation

/// A child that a parent watches until it ends, hangs or takes too much memory.
struct ChildProcess {
    /// How a child ended.
    enum End: Equatable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)
        case hang
        case memory(Int)

        var description: String {
            switch self {
            case .exit(let status): "exit with status \(status)"
            case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
            case .hang: "no end after \(Int(ChildProcess.patience)) s"
            case .memory(let bytes): "\(bytes >> 20) MiB of memory"
            }
        }

        /// Whether two ends are of the same kind.
        func isLike(_ other: End) -> Bool {
            switch (self, other) {
            case (.memory, .memory): true
            default: self == other
            }
        }
    }

    /// Seconds that an input may take.
    static let patience = 10.0
    /// The program itself.
    private static let program =
        CommandLine.arguments[0].contains("/")
        ? CommandLine.arguments[0] : "/proc/self/exe"

    let end: End
    /// What the child wrote on standard error.
    let errors: String
    /// The most memory that was resident, in bytes, as far as it was seen.
    let peak: Int

    /// Runs a child to its end.
    /// - Parameter backtraces: whether a trap is told with its place, which takes seconds.
    init(_ arguments: [String], status: RunStatus, backtraces: Bool = false) throws {
        let errorFile = status.url.appendingPathExtension("errors")
        unlink(errorFile.path)
        status.hasBegun = false
        let process = try Self.spawn([Self.program] + arguments, errors: errorFile, backtraces: backtraces)
        var (code, peak, first): (Int32, Int, Int?) = (0, 0, nil)
        var (number, since) = (-1, ContinuousClock.now)
        var stopped: End?
        while waitpid(process, &code, WNOHANG) == 0 {
            usleep(10_000)
            let resident = MemoryUse(of: "\(process)")?.resident ?? 0
            peak = max(peak, resident)
            if status.hasBegun, first == nil { first = resident }
            if !status.hasBegun || status.current != number {
                (number, since) = (status.hasBegun ? status.current : -1, .now)
            }
            let limit = backtraces || !status.hasBegun ? 6 * Self.patience : Self.patience
            if ContinuousClock.now - since > .seconds(limit) {
                stopped = .hang
            } else if let first, resident > first + FuzzChild.memoryLimit {
                stopped = .memory(resident)
            }
            if stopped != nil, !backtraces || ContinuousClock.now - since > .seconds(limit) {
                kill(process, SIGKILL)
            }
        }
        let signal = code & 0x7F
        end = stopped ?? (signal == 0 ? .exit(code >> 8 & 0xFF) : .signal(signal))
        errors = String(decoding: (try? Data(contentsOf: errorFile)) ?? Data(), as: UTF8.self)
        self.peak = peak
    }

    private static func spawn(_ command: [String], errors: URL, backtraces: Bool) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, errors.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var variables = ProcessInfo.processInfo.environment
        variables["SWIFT_BACKTRACE"] =
            backtraces
            ? "enable=yes,color=no,interactive=no,threads=crashed,images=none,registers=none,sanitize=no,limit=24"
            : "enable=no"
        var arguments = command.map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var process = pid_t()
        let failure = posix_spawn(&process, command[0], &actions, nil, &arguments, &settings)
        guard failure == 0 else { throw Fault("\(command[0]): cannot be started (\(failure))") }
        return process
    }
}

/// The memory of a process, as Linux tells it.
struct MemoryUse {
    /// Bytes that are resident.
    let resident: Int
    /// Bytes of data and stack, which RLIMIT_DATA counts.
    let data: Int

    /// - Parameter process: its number, or `self`.
    /// - Returns: nil where the system does not tell.
    init?(of process: String) {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").compactMap { Int($0) }
        guard pages.count > 5 else { return nil }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        (resident, data) = (pages[1] * pageSize, pages[5] * pageSize)
    }
}
