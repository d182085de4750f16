import Foundation

/// Keeps other programs out of a run's folder until it is released or dropped.
///
/// The folder itself is locked, so that a program which is killed leaves nothing behind. On a file system without locks
/// nobody is kept out.
final class RunLock: Sendable {
    private let descriptor: Int32

    /// Locks a folder, where there is one.
    /// - Throws: ``RunError/inUse(path:)``.
    init(_ folder: URL) throws {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw RunError.inUse(path: folder.path)
        }
        self.descriptor = descriptor
    }

    /// Locks a folder that is made where it is absent.
    /// - Throws: ``RunError/inUse(path:)``, ``RunError/unwritable(path:reason:)``.
    convenience init(making folder: URL) throws {
        try RunFolder.writing(folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        try self.init(folder)
    }

    /// Lets other programs in.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
