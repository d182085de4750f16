import Foundation

/// A file that appears whole or not at all.
///
/// The bytes go to a temporary file in the same folder, which replaces the target once they are on the disk, see
/// ``commit(as:)``. A file that is dropped before leaves the path as it was.
public final class AtomicFile {
    /// The bytes so far.
    public private(set) var byteCount = 0
    private let target: URL
    private let temporary: String?
    private let descriptor: Int32
    private var isCommitted = false

    /// Begins a file that will replace any file at `url`.
    /// - Throws: ``FileError``.
    public init(replacing url: URL) throws(FileError) {
        let name = ".\(url.lastPathComponent).\(UUID().uuidString).part"
        let temporary = url.deletingLastPathComponent().appending(path: name).path
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(errno, url, byteCount: 0) }
        target = url
        self.temporary = temporary
    }

    /// Writes to what is at `url` as it is: a device, a pipe, or what a link leads to.
    /// - Throws: ``FileError``.
    public init(writingThrough url: URL) throws(FileError) {
        var status = stat()
        let keeps = stat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        descriptor = open(url.path, O_WRONLY | O_CLOEXEC | (keeps ? O_TRUNC : 0))
        guard descriptor >= 0 else { throw FileError(errno, url, byteCount: 0) }
        target = url
        temporary = nil
    }

    deinit {
        close(descriptor)
        if let temporary, !isCommitted { unlink(temporary) }
    }

    /// Appends bytes, all of them or, where that fails, none.
    /// - Throws: ``FileError``.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                let error = FileError(written == 0 ? ENOSPC : errno, target, byteCount: byteCount + rest.startIndex)
                if temporary != nil, ftruncate(descriptor, off_t(byteCount)) == 0 {
                    lseek(descriptor, off_t(byteCount), SEEK_SET)
                }
                throw error
            }
            rest = rest.dropFirst(written)
        }
        byteCount += bytes.count
    }

    /// Ends the file: after this it is on the disk, under its name.
    /// - Parameter url: another name for it, in the same folder.
    /// - Throws: ``FileError``; the target is then as it was.
    public func commit(as url: URL? = nil) throws(FileError) {
        guard let temporary else { return }
        let target = url ?? self.target
        guard fsync(descriptor) == 0, rename(temporary, target.path) == 0 else {
            throw FileError(errno, target, byteCount: byteCount)
        }
        isCommitted = true
        Self.synchronize(folder: target.deletingLastPathComponent().path)
    }

    /// Makes a rename last through a power cut; file systems that cannot do so still hold a whole file.
    private static func synchronize(folder path: String) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

extension AtomicFile {
    /// Appends bytes.
    /// - Throws: ``FileError``.
    public func append(_ data: Data) throws(FileError) {
        try data.withUnsafeBytes { bytes in Result { () throws(FileError) in try append(bytes) } }.get()
    }

    /// Writes a whole file.
    /// - Throws: ``FileError``.
    public static func write(_ data: Data, to url: URL) throws(FileError) {
        let file = try AtomicFile(replacing: url)
        try file.append(data)
        try file.commit()
    }
}

extension URL {
    /// Whether a file may be put here without taking the place of a device, pipe or link.
    package var isRegularFileOrAbsent: Bool {
        var status = stat()
        return lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }
}
