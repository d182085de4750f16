import Foundation

/// A file that appears whole or not at all.
///
/// The bytes go to a temporary file in the same folder, which replaces the target once they are on the disk, see
/// ``commit(as:)``. A file that is dropped before leaves the path as it was. Where the file system can do so, the
/// temporary file has no name until then, so that a program which is killed leaves nothing behind.
public final class AtomicFile {
    /// The bytes so far.
    public private(set) var byteCount = 0
    private let target: URL
    private let temporary: String?
    private let descriptor: Int32
    /// Whether the temporary file has its name.
    private var isNamed = false
    private var isCommitted = false

    /// Begins a file that will replace any file at `url`.
    /// - Throws: ``FileError``.
    public init(replacing url: URL) throws(FileError) {
        let name = ".\(url.lastPathComponent).\(UUID().uuidString).part"
        let folder = url.deletingLastPathComponent()
        let temporary = folder.appending(path: name).path
        let nameless = Self.openNameless(in: folder.path, toBeNamed: temporary)
        isNamed = nameless < 0
        descriptor = isNamed ? open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) : nameless
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
        if let temporary, isNamed, !isCommitted { unlink(temporary) }
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

    /// Brings the bytes so far to the disk.
    /// - Throws: ``FileError``.
    public func synchronize() throws(FileError) {
        guard temporary == nil || fsync(descriptor) == 0 else { throw FileError(errno, target, byteCount: byteCount) }
    }

    /// Ends the file: after this it is on the disk, under its name.
    /// - Parameter url: another name for it, in the same folder.
    /// - Throws: ``FileError``; the target is then as it was.
    public func commit(as url: URL? = nil) throws(FileError) {
        guard let temporary else { return }
        let target = url ?? self.target
        try synchronize()
        if !isNamed { isNamed = Self.name(descriptor, temporary) }
        guard isNamed, rename(temporary, target.path) == 0 else {
            throw FileError(errno, target, byteCount: byteCount)
        }
        isCommitted = true
        Self.synchronize(folder: target.deletingLastPathComponent().path)
    }

    /// Opens a file that has no name yet.
    /// - Returns: a negative number where there can be no such file, or none that gets the name.
    private static func openNameless(in folder: String, toBeNamed path: String) -> Int32 {
        #if os(Linux)
            var status = stat()
            guard lstat(path, &status) != 0, errno == ENOENT, access("/proc/self/fd", X_OK) == 0 else { return -1 }
            let withoutName: Int32 = 0o20_000_000 | O_DIRECTORY  // O_TMPFILE, a macro that Swift does not import
            return open(folder.isEmpty ? "." : folder, O_WRONLY | O_CLOEXEC | withoutName, 0o666)
        #else
            return -1
        #endif
    }

    /// Gives a file its first name.
    private static func name(_ descriptor: Int32, _ path: String) -> Bool {
        #if os(Linux)
            return linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
        #else
            return false
        #endif
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
