import Foundation
import Torch

/// A frozen encoder's features on disk: a file a picture, named by the picture's content.
///
/// The folder is `<root>/<encoder>-<hash>/`, where the hash covers the encoder's weights, its preprocessing, what its name
/// does not tell of its structure, and this format, so that nothing stale is ever found. A file is a header of 32 bytes (a magic number, rows, width, the hash
/// of what follows) and `rows * width` numbers of 16 bits. Files appear by renaming, so any number of processes may
/// share a cache; one that has another length or does not fit its header, as after a crash, is damaged and written again.
/// There is no index to keep true, and deleting files or folders at any time is safe.
package struct FeatureCache: Sendable {
    /// The folder of this encoder's files.
    package let folder: URL
    /// The number of rows of `width` numbers in an entry.
    let rowCount: Int
    let width: Int

    private static let magic: UInt64 = 0x3146_4150_4148_5300
    private static let headerCount = 32

    /// The cache of one encoder below a root folder; nothing is written yet.
    package init(root: URL, encoder: any ImageEncoder) {
        let structure = encoder.configuration.unnamedStructure.map { " \($0)" } ?? ""
        let identity = "\(Self.magic) \(encoder.preprocessing) \(encoder.weightsHash)\(structure)"
        folder = root.appending(
            path: "\(encoder.identifier)-\(ContentHash(of: Array(identity.utf8)))", directoryHint: .isDirectory)
        rowCount = encoder.regionCount + 1
        width = encoder.width
    }

    /// The bytes of an entry without its header.
    var entryCount: Int { rowCount * width * DType.float16.byteCount }

    /// The place of a picture's entry, whether or not it exists yet.
    package func file(for picture: ContentHash) -> URL {
        let name = picture.description
        return folder.appending(path: "\(name.prefix(2))/\(name)")
    }

    /// What is at the place of an entry.
    enum Entry {
        case read
        case absent
        /// Something else than an entry of this cache, whole and unchanged.
        case damaged
    }

    /// Copies a picture's entry to `bytes`, which hold ``entryCount``; what they hold is of no use where it is not read.
    func read(_ picture: ContentHash, into bytes: UnsafeMutableRawBufferPointer) -> Entry {
        let descriptor = open(file(for: picture).path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [ENOENT, ENOTDIR].contains(errno) ? .absent : .damaged }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            Int(status.st_size) == Self.headerCount + bytes.count
        else { return .damaged }
        var header = [UInt64](repeating: 0, count: Self.headerCount / 8)
        let isComplete = header.withUnsafeMutableBytes { header in
            Self.fill(header, from: descriptor, at: 0) && Self.fill(bytes, from: descriptor, at: header.count)
        }
        return isComplete && header == self.header(of: UnsafeRawBufferPointer(bytes)) ? .read : .damaged
    }

    /// Keeps an entry of ``entryCount`` bytes. Throws what the file system says, such as that the disk is full.
    func write(_ bytes: UnsafeRawBufferPointer, for picture: ContentHash) throws {
        let file = file(for: picture)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        var content = header(of: bytes).withUnsafeBytes { Data($0) }
        content.append(contentsOf: bytes)
        try content.write(to: file, options: .atomic)
    }

    private func header(of bytes: UnsafeRawBufferPointer) -> [UInt64] {
        let hash = ContentHash(of: bytes).halves
        return [Self.magic, UInt64(rowCount) << 32 | UInt64(width), hash.x, hash.y]
    }

    /// Reads exactly as many bytes as fit.
    private static func fill(_ bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = pread(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
            guard count > 0 else { return false }
            done += count
        }
        return true
    }
}

extension ImageEncoder {
    /// The hash of all parameters and buffers, names and shapes included.
    var weightsHash: ContentHash {
        let lines = state().map { path, tensor in
            let hash = tensor.to(.float32).withUnsafeElements(as: Float.self) {
                ContentHash(of: UnsafeRawBufferPointer($0))
            }
            return "\(path) \(tensor.shape) \(hash)"
        }
        return ContentHash(of: Array(lines.joined(separator: "\n").utf8))
    }
}
