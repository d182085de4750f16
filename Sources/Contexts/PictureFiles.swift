import Corpus
import Foundation
import Vision

/// The pictures that a folder or a dataset holds, by the file names under which contexts are looked up.
package struct PictureFiles: Sendable {
    /// One picture.
    package struct File: Sendable, Equatable {
        /// The file name, without folders.
        package let name: String
        package let path: String

        package var source: PictureSource { .file(URL(filePath: path)) }
    }

    /// The pictures by name, each once.
    package private(set) var files: [File] = []
    /// Files of the folder that are not pictures.
    package private(set) var otherFiles = 0
    /// Pictures that share their name with another one in another folder, for which no context can be looked up.
    package private(set) var ambiguous: [String] = []
    /// What is said about the dataset whose posts name the pictures.
    package private(set) var findings = Findings()

    /// The pictures of a folder and the folders in it; hidden files are left out.
    /// - Throws: `CorpusError` for a folder that cannot be read.
    package init(folder: URL) throws {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        let status = FileStatus(of: folder)
        guard status.isFolder,
            let walk = FileManager.default.enumerator(
                at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
        else {
            let problem = status.isMissing ? "no such folder" : status.problem ?? "not a folder"
            throw CorpusError.unreadable(path: folder.relativePath, reason: problem)
        }
        var found: [File] = []
        for case let url as URL in walk where !FileStatus(of: url).isFolder {
            if Self.isPicture(url) {
                found.append(File(name: url.lastPathComponent, path: url.path))
            } else {
                otherFiles += 1
            }
        }
        take(found)
    }

    /// The pictures that a dataset's posts name, whether or not they exist.
    package init(dataset: Dataset) {
        findings = dataset.findings
        var found: Set<String> = []
        take(
            Split.allCases.flatMap { dataset[$0] }.flatMap(\.pictures).compactMap { picture in
                guard let name = picture.name, let url = picture.imageURL,
                    found.insert(url.path).inserted
                else { return nil }
                return File(name: name, path: url.path)
            })
    }

    /// The pictures of a folder, else of the posts of a dataset's folder; nil where neither is named.
    /// - Throws: `CorpusError` for a place that cannot be read, ``NoPicturesError`` for one that has none.
    package static func find(in folder: URL?, orOfDataset dataset: URL?) throws -> PictureFiles? {
        guard let place = folder ?? dataset else { return nil }
        let found =
            try folder.map { try PictureFiles(folder: $0) }
            ?? PictureFiles(dataset: Dataset.load(folder: place))
        guard !found.files.isEmpty else { throw NoPicturesError(place: place.relativePath) }
        return found
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

/// A place without pictures.
package struct NoPicturesError: Error, CustomStringConvertible {
    let place: String

    package var description: String { "\(place): no pictures found; check the path" }
}
