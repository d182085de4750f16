import Corpus
import Foundation
import Vision

/// The pictures that a folder or a dataset holds, by the file names under which contexts are looked up.
public struct PictureFiles: Sendable {
    /// One picture.
    public struct File: Sendable, Equatable {
        /// The file name, without folders.
        public let name: String
        public let path: String

        public var source: PictureSource { .file(URL(filePath: path)) }
    }

    /// The pictures by name, each once.
    public private(set) var files: [File] = []
    /// Files of the folder that are no pictures.
    public private(set) var otherFiles = 0
    /// Pictures that share their name with another one in another folder, for which no context can be looked up.
    public private(set) var ambiguous: [String] = []

    /// The pictures of a folder and the folders in it; hidden files are left out.
    /// - Throws: `CorpusError` for a folder that cannot be read.
    public init(folder: URL) throws {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue,
            let walk = FileManager.default.enumerator(
                at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
        else { throw CorpusError.unreadable(path: folder.relativePath, reason: "no such folder") }
        var found: [File] = []
        for case let url as URL in walk {
            var status = stat()
            guard stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            if Self.isPicture(url) {
                found.append(File(name: url.lastPathComponent, path: url.path))
            } else {
                otherFiles += 1
            }
        }
        take(found)
    }

    /// The pictures that a dataset's posts name, there or not.
    public init(dataset: Dataset) {
        var found: Set<String> = []
        take(
            Split.allCases.flatMap { dataset[$0] }.compactMap { post in
                guard let name = post.imageName, let url = dataset.imageURL(of: post),
                    found.insert(url.path).inserted
                else { return nil }
                return File(name: name, path: url.path)
            })
    }

    private mutating func take(_ found: [File]) {
        for file in found.sorted(by: { ($0.name, $0.path) < ($1.name, $1.path) }) {
            if let last = files.last, last.name == file.name {
                ambiguous.append(file.path)
            } else {
                files.append(file)
            }
        }
    }

    private static let extensions: Set = ["jpg", "jpeg", "png", "gif", "webp", "tif", "tiff", "heic", "heif", "avif"]

    /// Whether a file is called a picture, or begins like one.
    private static func isPicture(_ url: URL) -> Bool {
        if extensions.contains(url.pathExtension.lowercased()) { return true }
        guard let handle = try? FileHandle(forReadingFrom: url), let head = try? handle.read(upToCount: 16) else {
            return false
        }
        return PictureFormat(firstBytes: head) != nil
    }
}
