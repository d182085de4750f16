import Foundation

/// Where the pictures of a dataset lie: at the paths that posts name, or under the same file name in the folder of
/// pictures or a folder below it.
public struct PictureFolder: Sendable {
    private let base: URL
    private let folder: URL
    /// Paths by file name of what lies in folders below; names that several files have are left out.
    private var below: [String: String] = [:]

    /// - Parameters:
    ///   - dataset: the folder of the dataset, which paths are relative to; its pictures are in `images`.
    ///   - images: the folder of the pictures where they do not lie there.
    /// - Throws: ``CorpusError/unreadable(path:reason:)`` where `images` is no folder.
    public init(dataset: URL, images: URL? = nil) throws {
        base = images ?? dataset
        folder = images ?? dataset.appending(path: "images")
        guard let walk = FileManager.default.enumerator(atPath: folder.path), Self.isFolder(folder) else {
            guard let images else { return }
            throw CorpusError.unreadable(path: images.relativePath, reason: "no such folder of pictures")
        }
        var repeated: Set<String> = []
        for case let path as String in walk {
            guard let slash = path.lastIndex(of: "/") else { continue }
            let name = String(path[path.index(after: slash)...])
            if below.updateValue(path, forKey: name) != nil { repeated.insert(name) }
        }
        for name in repeated { below[name] = nil }
    }

    /// The picture of a post, or where it should be when it is nowhere; nil where the post names none.
    public func url(of post: Post) -> URL? {
        guard let named = post.imageURL(in: base), let name = post.imageName else { return nil }
        if Self.isFile(named) { return named }
        let beside = folder.appending(path: name)
        if Self.isFile(beside) { return beside }
        if let path = below[name] { return folder.appending(path: path) }
        return base == folder ? beside : named
    }

    private static func isFile(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
