import Foundation

/// What tells a file from another version of it without reading it: its size, time of change and place on the disk.
struct FileStamp: Hashable, Sendable {
    let byteCount: Int
    private let device: UInt
    private let inode: UInt
    private let seconds: Int
    private let nanoseconds: Int

    /// The stamp of a plain file; anything else that the path may lead to is an error.
    init(of url: URL) throws(PictureError) {
        var status = stat()
        guard stat(url.path, &status) == 0 else {
            let code = errno
            throw code == ENOENT || code == ENOTDIR
                ? .missing(url.path) : .notReadable(url.path, reason: String(cString: strerror(code)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(url.path) }
        byteCount = Int(status.st_size)
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
