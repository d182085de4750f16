import Foundation

/// Where the splits of a dataset lie, found by what is in its folder.
public struct DatasetFiles: Sendable {
    /// How the posts are written.
    public enum Layout: String, Sendable, Codable {
        /// The native format, one post a line.
        case jsonLines = "JSON lines"
        /// The layout of Twitter-2015 and Twitter-2017.
        case conll = "CoNLL"

        /// The extension of the files.
        public var pathExtension: String {
            switch self {
            case .jsonLines: "jsonl"
            case .conll: "txt"
            }
        }
    }

    /// The dataset's name: that of its folder, or of the file.
    public var name: String
    /// The folder that holds the files.
    public var folder: URL
    /// How the posts are written.
    public var layout: Layout
    /// The file of each split that is there.
    public var files: [Split: URL]

    /// Finds `train`, `valid` and `test`, `.jsonl` or `.txt`, in a folder; or takes the one file at `url`, which is the
    /// split that its name says and else the test split.
    /// - Throws: ``CorpusError`` that says what was looked for.
    public init(at url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw CorpusError.unreadable(path: url.relativePath, reason: "nothing is there")
        }
        if isFolder.boolValue { try self.init(folder: url) } else { try self.init(file: url) }
    }

    private init(folder url: URL) throws {
        name = url.standardizedFileURL.lastPathComponent
        folder = url
        var found: [Layout: [Split: URL]] = [:]
        for layout in [Layout.jsonLines, .conll] {
            for split in Split.allCases {
                let file = url.appendingPathComponent("\(split).\(layout.pathExtension)")
                if FileManager.default.fileExists(atPath: file.path) { found[layout, default: [:]][split] = file }
            }
        }
        let names = found.values.flatMap(\.values).map(\.lastPathComponent).sorted()
        guard found.count < 2 else { throw CorpusError.ambiguousLayout(path: url.relativePath, files: names) }
        guard let (layout, files) = found.first else { throw Self.unknownLayout(of: url) }
        self.layout = layout
        self.files = files
    }

    private init(file url: URL) throws {
        let layouts = [Layout.jsonLines, .conll]
        guard let layout = layouts.first(where: { $0.pathExtension == url.pathExtension }) else {
            throw CorpusError.unknownLayout(
                path: url.relativePath,
                lookedFor: ["a .jsonl file", "a .txt file in CoNLL layout", "a folder of them"],
                hint: "rename the file after its format")
        }
        let stem = url.deletingPathExtension().lastPathComponent
        name = stem
        folder = url.deletingLastPathComponent()
        self.layout = layout
        files = [Split(rawValue: stem) ?? .test: url]
    }

    private static func unknownLayout(of folder: URL) -> CorpusError {
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
        let shown = contents.prefix(6).joined(separator: ", ") + (contents.count > 6 ? ", …" : "")
        return .unknownLayout(
            path: folder.relativePath,
            lookedFor: [Layout.jsonLines, .conll].flatMap { layout in
                Split.allCases.map { "\($0).\(layout.pathExtension)" }
            },
            hint: contents.isEmpty ? "the folder is empty" : "it holds \(shown)")
    }

    /// Opens a split.
    /// - Parameter imageFolder: the folder of the pictures relative to the image base, for layouts that do not say.
    /// - Throws: ``CorpusError``.
    public func reader(for split: Split, imageFolder: String = "images") throws -> any PostReader {
        guard let file = files[split] else {
            throw CorpusError.missingSplit(split, dataset: name, present: Split.allCases.filter { files[$0] != nil })
        }
        switch layout {
        case .jsonLines: return try JSONLinesReader(file)
        case .conll: return try CoNLLReader(file, imageFolder: imageFolder)
        }
    }
}
