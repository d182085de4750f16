import Foundation

/// A folder in memory where the machine has one, for readers that take nothing but a path.
final class Scratch: Sendable {
    let url: URL

    private static let root =
        access("/dev/shm", W_OK) == 0
        ? URL(filePath: "/dev/shm", directoryHint: .isDirectory) : FileManager.default.temporaryDirectory

    /// Makes an empty folder, which is removed with the last reference to it.
    init() throws {
        url = Self.root.appending(path: "shapca-fuzz-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// Makes a folder at a place, for a child that may leave it behind.
    init(at url: URL) throws {
        self.url = url
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The file of that relative path.
    subscript(path: String) -> URL { url.appending(path: path) }

    /// Writes a file over the one before, without a temporary one.
    @discardableResult
    func write(_ bytes: [UInt8], to path: String) throws -> URL {
        let file = self[path]
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Fault("\(file.path) cannot be written by the fuzzer: \(errno)") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Fault("\(file.path) cannot be written by the fuzzer: \(errno)") }
            rest = rest.dropFirst(count)
        }
        return file
    }

    /// Writes the files of a bundle, and removes those of the names that it lacks.
    func write(_ bundle: FileBundle, names: [String]) throws {
        for name in names {
            if let content = bundle[name] { try write(content, to: name) } else { unlink(self[name].path) }
        }
    }

    /// Makes a folder inside.
    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(at: self[path], withIntermediateDirectories: true)
    }
}
