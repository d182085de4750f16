import Foundation

/// A file that appears whole or not at all.
///
/// The bytes go to a temporary file in the same folder, which replaces the target once they are on the disk. If
/// anything fails the temporary file is removed and whatever stood at the path is as it was.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var byteCount = 0

    /// Writes what `body` hands over to the file at `url`.
    /// - Throws: `WeightsError.unwritable`, `WeightsError.diskFull`, or what `body` throws.
    package static func write(to url: URL, _ body: (inout AtomicFile) throws -> Void) throws {
        let folder = url.deletingLastPathComponent()
        let temporary = folder.appending(path: ".\(url.lastPathComponent).\(UUID().uuidString).partial").path
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(errno, path: url.path, byteCount: 0) }
        do {
            defer { close(descriptor) }
            var file = AtomicFile(path: url.path, descriptor: descriptor)
            try body(&file)
            guard fsync(descriptor) == 0 else { throw failure(errno, path: url.path, byteCount: file.byteCount) }
            guard rename(temporary, url.path) == 0 else {
                throw failure(errno, path: url.path, byteCount: file.byteCount)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        synchronizeFolder(at: folder.path)
    }

    /// Writes to an open file; `path` is the name that errors give.
    package init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Appends bytes.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw Self.failure(written == 0 ? ENOSPC : errno, path: path, byteCount: byteCount)
            }
            byteCount += written
            rest = rest.dropFirst(written)
        }
    }

    private static func failure(_ code: Int32, path: String, byteCount: Int) -> WeightsError {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: .diskFull(file: path, byteCount: byteCount)
        default: .unwritable(file: path, reason: systemMessage(code))
        }
    }

    /// Makes a rename last through a power cut; file systems that cannot do so still hold a whole file.
    private static func synchronizeFolder(at path: String) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
