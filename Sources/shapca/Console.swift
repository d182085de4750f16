import ArgumentParser
import Foundation
import Support

/// The output of a command: results on standard output, notes on standard error.
enum Console {
    /// Whether a person watches standard error.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Whether a person reads standard output.
    static let isRead = isatty(STDOUT_FILENO) == 1

    /// Whether standard output shows colours and nobody refuses them (no-color.org).
    static let isColoured =
        isRead && (environment["NO_COLOR"] ?? "").isEmpty && !["", "dumb"].contains(environment["TERM"] ?? "")

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Writes a result for people.
    /// - Throws: ``ConsoleError`` when standard output takes no more.
    static func print(_ result: String) throws { try put(result.printable) }

    private static func put(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            throw ConsoleError(reason: reason(of: error))
        }
    }

    /// Writes text that has been made fit for a terminal, with the escape sequences that it was given.
    /// - Throws: ``ConsoleError`` when standard output takes no more.
    static func print(marked text: String) throws { try put(text) }

    /// Writes a line for people.
    static func note(_ message: String) { say(message.printable + "\n") }

    /// Writes to standard error as it is.
    static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Writes JSON as it is.
    /// - Throws: ``ConsoleError`` when standard output takes no more.
    static func print(json text: String) throws { try put(text) }

    /// Writes a value as JSON with sorted keys, over several lines or on one.
    static func print(json value: some Encodable, isLine: Bool = false) throws {
        let encoder = isLine ? JSONEncoder.compact : .readable
        try print(json: String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes why the program ends, or its help, and ends it.
    static func end(with error: any Error, of command: any ParsableArguments.Type) -> Never {
        let error = error is CocoaError || error is POSIXError ? SystemError(error) : error
        let message = command.fullMessage(for: error)
        let status = command.exitCode(for: error)
        if !message.isEmpty {
            if status.isSuccess { try? print(message) } else { note(message) }
        }
        command.exit(withError: status)
    }
}

/// An error of the operating system in its own words, and in none of Foundation.
private struct SystemError: Error, CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        let file = (error as NSError).userInfo[NSFilePathErrorKey] as? String
        description = (file.map { "\($0): " } ?? "") + reason(of: error)
    }
}

/// Why a result could not be written.
struct ConsoleError: Error, CustomStringConvertible {
    let reason: String

    var description: String { "standard output cannot be written: \(reason)" }
}

extension ArgumentHelp {
    /// The help of an option that names a file.
    static func file(_ text: String) -> Self { ArgumentHelp(text, valueName: "file") }
    /// The help of an option that names a folder.
    static func folder(_ text: String) -> Self { ArgumentHelp(text, valueName: "dir") }
}

extension URL {
    /// A path as people type it on the command line.
    static func argument(_ path: String) throws -> URL {
        guard !path.isEmpty else { throw ValidationError("a path is empty") }
        return URL(filePath: (path as NSString).expandingTildeInPath)
    }

    /// Checks that an output does not replace the file that it is made from.
    /// - Parameter name: the name of that file on the command line.
    /// - Throws: `ValidationError`.
    func checkIsNotInput(_ input: URL, named name: String) throws {
        guard resolvingSymlinksInPath() != input.resolvingSymlinksInPath() else {
            throw ValidationError("--output is the file of \(name); name another one")
        }
    }
}
