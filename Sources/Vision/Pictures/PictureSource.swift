import Foundation
import Support

/// The source of a picture.
public enum PictureSource: Sendable, Hashable {
    /// A file on disk.
    case file(URL)
    /// A file's content in memory, with the name that errors call it.
    case bytes(Data, name: String)

    /// The picture's name in errors: its path or name.
    public var name: String {
        switch self {
        case .file(let url): url.path
        case .bytes(_, let name): name
        }
    }
}

extension PictureSource {
    /// The file's bytes, if there are no more than the limit; a larger file is not read.
    package func read(limits: PictureLimits) throws(PictureError) -> Data {
        switch self {
        case .bytes(let data, let name):
            guard data.count <= limits.byteCount else {
                throw .tooManyBytes(name, count: data.count, limit: limits.byteCount)
            }
            return data
        case .file(let url):
            return try Self.read(url, count: Self.size(of: url, limits: limits))
        }
    }

    /// Does work on the file's bytes once there is memory for them; see ``read(limits:)``.
    package func withBytes<Value>(
        limits: PictureLimits, _ work: (Data) throws(PictureError) -> Value
    ) throws(PictureError) -> Value {
        try withRoom(limits: limits) { () throws(PictureError) in try work(read(limits: limits)) }
    }

    /// Does work that reads the file once there is memory for its bytes.
    func withRoom<Value>(
        limits: PictureLimits, _ work: () throws(PictureError) -> Value
    ) throws(PictureError) -> Value {
        guard case .file(let url) = self else { return try work() }
        return try PictureMemory.files.withRoom(for: Self.size(of: url, limits: limits), work)
    }

    private static func size(of url: URL, limits: PictureLimits) throws(PictureError) -> Int {
        let size = try FileStamp(of: url).byteCount
        guard size <= limits.byteCount else {
            throw .tooManyBytes(url.path, count: size, limit: limits.byteCount)
        }
        return size
    }

    /// The first `count` bytes of a file; fewer where it has become shorter.
    private static func read(_ url: URL, count: Int) throws(PictureError) -> Data {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .notReadable(url.path, reason: systemMessage()) }
        defer { close(descriptor) }
        var bytes = Data(count: count)
        let done = bytes.withUnsafeMutableBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.read(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? nil : done }
                done += count
            }
            return done as Int?
        }
        guard let done else { throw .notReadable(url.path, reason: systemMessage()) }
        return bytes.prefix(done)
    }
}

/// The marks of a version of a file, found without reading it: its size, time of change and place on the disk.
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
                ? .missing(url.path) : .notReadable(url.path, reason: systemMessage(code))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(url.path) }
        byteCount = Int(status.st_size)
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
