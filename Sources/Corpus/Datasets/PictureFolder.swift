import Foundation
import Synchronization

/// The places of a dataset's pictures: the paths that posts name, or the same file name in the folder of pictures or a
/// folder below it.
package final class PictureFolder: Sendable {
    private let base: URL
    private let folder: URL
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
        if let images {
            let status = FileStatus(of: images)
            guard status.isFolder else {
                let problem = status.isMissing ? nil : status.problem
                throw CorpusError.unreadable(
                    path: images.relativePath, reason: problem ?? "no such folder of pictures")
            }
        }
    }

    /// The picture of a post, or its expected place where it is not found; nil where the post names none.
    func url(of post: Post) -> URL? {
        guard let named = post.resolvingImage(in: base).imageURL, let name = post.imageName else { return nil }
        if Self.isFile(named) { return named }
        let beside = folder.appending(path: name)
        if Self.isFile(beside) { return beside }
        if let path = pathBelow(of: name) { return folder.appending(path: path) }
        return base == folder ? beside : named
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
