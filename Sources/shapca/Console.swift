import ArgumentParser
import Corpus
import Foundation
import Support
import Torch

/// Where a command writes: results to standard output, talk to standard error.
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

    /// Says something to a person, if one listens.
    static func note(_ message: String) { say(message + "\n") }

    /// Writes to standard error as it is.
    static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Writes a value as JSON with sorted keys, on one line.
    static func print(line value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes a value as JSON with sorted keys.
    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// Why a result could not be written.
struct ConsoleError: Error, CustomStringConvertible {
    let reason: String

    var description: String { "standard output cannot be written: \(reason)" }
}

extension URL {
    /// A path as people type it on the command line.
    static func argument(_ path: String) throws -> URL {
        guard !path.isEmpty else { throw ValidationError("a path is empty") }
        return URL(filePath: (path as NSString).expandingTildeInPath)
    }

    /// Checks that an output does not take the place of the file that it is made from.
    /// - Parameter name: what the command line calls that file.
    /// - Throws: `ValidationError`.
    func checkIsNotInput(_ input: URL, named name: String) throws {
        guard resolvingSymlinksInPath() != input.resolvingSymlinksInPath() else {
            throw ValidationError("--output is the file of \(name); name another one")
        }
    }
}
