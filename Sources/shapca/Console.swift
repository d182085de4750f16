import ArgumentParser
import Foundation
import Support

/// The output of a command: results on standard output, notes on standard error.
enum Console {
    /// Whether a person watches standard error.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Writes a result.
    /// - Throws: ``ConsoleError`` when standard output takes no more.
    static func print(_ result: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((result + "\n").utf8))
        } catch {
            throw ConsoleError(reason: reason(of: error))
        }
    }

    /// Writes a line for people.
    static func note(_ message: String) { say(message + "\n") }

    /// Writes to standard error as it is.
    static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Writes a value as JSON with sorted keys, over several lines or on one.
    static func print(json value: some Encodable, isLine: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !isLine { encoder.outputFormatting.insert(.prettyPrinted) }
        try print(String(decoding: try encoder.encode(value), as: UTF8.self))
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
