import Foundation
import Support

/// A regular file's bytes in memory, brought in from the disk only where they are looked at.
///
/// The pages are private to the process: the file is opened for reading and never changes, and a tensor over these
/// bytes that is written in place gets pages of its own.
package final class MappedFile {
    /// The file's path, as errors show it.
    package let path: String
    /// All of the file, for as long as this object lives.
    package let bytes: UnsafeRawBufferPointer

    /// Maps the file at `url`. Throws `WeightsError.unreadable` where there is none, or it is not a regular file.
    package init(at url: URL) throws {
        path = url.path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw WeightsError.unreadable(file: path, reason: systemMessage()) }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw WeightsError.unreadable(file: path, reason: systemMessage())
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw WeightsError.unreadable(file: path, reason: "it is not a regular file")
        }
        let count = Int(status.st_size)
        guard count > 0 else { throw WeightsError.unreadable(file: path, reason: "it is empty") }
        guard let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0),
            start != MAP_FAILED
        else { throw WeightsError.unreadable(file: path, reason: systemMessage()) }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
}
