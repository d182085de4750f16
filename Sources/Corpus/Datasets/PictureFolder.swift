import Foundation
import Synchronization

/// The places of a dataset's pictures: the paths that posts name, or the same file name in the folder of pictures or a
/// folder below it.
///
/// Posts may come from strangers, so no path of theirs leaves the folder: not by `..`, not as an absolute path, and not by a
/// link, which is followed only in a folder of pictures that the user has named.
package final class PictureFolder: Sendable {
    private let base: URL
    private let folder: URL
    /// Whether links may lead out of the folder, as the user has named it.
    private let followsLinks: Bool
    /// Paths by file name of the files in folders below; nil until a picture is looked for there.
    private let below = Mutex<[String: String]?>(nil)

    /// Takes the folders of a dataset.
    /// - Parameters:
    ///   - dataset: the folder of the dataset, which paths are relative to; its pictures are in `images`.
    ///   - images: the folder of the pictures where they are elsewhere.
    /// - Throws: ``CorpusError/unreadable(path:reason:)`` where `images` is not a folder.
    package init(dataset: URL, images: URL? = nil) throws {
        base = images ?? dataset
        folder = images ?? dataset.appending(path: "images")
        followsLinks = images != nil
        if let images {
            let status = FileStatus(of: images)
            guard status.isFolder else {
                let problem = status.isMissing ? nil : status.problem
                throw CorpusError.unreadable(
                    path: images.relativePath, reason: problem ?? "no such folder of pictures")
            }
        }
    }

    /// The file of a picture, or its expected place where it is not found; nil where none is named, and where its path
    /// leaves the folder.
    func url(of picture: Post.Picture) -> URL? {
        guard let image = picture.image, let name = picture.name else { return nil }
        let named = Self.place(of: image, in: base)
        let beside = Self.place(of: name, in: folder)
        if let found = [named, beside].compactMap({ $0 }).first(where: isOwn) { return found }
        if let below = pathBelow(of: name).map({ folder.appending(path: $0) }), isOwn(below) { return below }
        guard let named, let beside, !Self.isFile(named), !Self.isFile(beside) else { return nil }
        return base == folder ? beside : named
    }

    /// The place that a path names in a folder, without `..`; nil where it is not in it.
    private static func place(of path: String, in folder: URL) -> URL? {
        var names: [Substring] = []
        for name in relative(path, to: folder).split(separator: "/") where name != "." {
            if name != ".." { names.append(name) } else if names.popLast() == nil { return nil }
        }
        return folder.appending(path: names.joined(separator: "/"))
    }

    /// An absolute path relative to a folder that it begins with; from the root where it does not, which leads out.
    private static func relative(_ path: String, to folder: URL) -> Substring {
        guard path.hasPrefix("/"), path.contains(where: { $0 != "/" }) else { return path[...] }
        let folders = [folder.standardizedFileURL.path, realPath(folder)].compactMap { $0 }
        return folders.first { path.hasPrefix($0 + "/") }.map { path.dropFirst($0.count) } ?? "../"
    }

    /// Whether there is a file that belongs to the folder.
    private func isOwn(_ url: URL) -> Bool {
        guard Self.isFile(url) else { return false }
        guard !followsLinks else { return true }
        guard let file = Self.realPath(url), let root = Self.realPath(base) else { return false }
        return file == root || file.hasPrefix(root == "/" ? root : root + "/")
    }

    /// A path without links; nil where nothing is there.
    private static func realPath(_ url: URL) -> String? {
        guard let path = realpath(url.path, nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    private func pathBelow(of name: String) -> String? {
        below.withLock { paths in
            let known = paths ?? pathsBelow()
            paths = known
            return known[name]
        }
    }

    /// Names that several files have are left out.
    private func pathsBelow() -> [String: String] {
        var paths: [String: String] = [:]
        var repeated: Set<String> = []
        for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() {
            guard let slash = path.lastIndex(of: "/") else { continue }
            let name = String(path[path.index(after: slash)...])
            if paths.updateValue(path, forKey: name) != nil { repeated.insert(name) }
        }
        return paths.filter { !repeated.contains($0.key) }
    }

    private static func isFile(_ url: URL) -> Bool { FileStatus(of: url).exists }
}
