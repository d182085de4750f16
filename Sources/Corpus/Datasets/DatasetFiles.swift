import Foundation

/// Where the splits of a dataset lie, found by what is in its folder.
public struct DatasetFiles: Sendable {
    /// How the posts are written.
    public enum Layout: String, Sendable, Codable {
        /// The native format, one post a line.
        case jsonLines = "JSON lines"
        /// The layout of Twitter-2015 and Twitter-2017.
        case conll = "CoNLL"
        /// The layout of MNRE, a Python dictionary a line.
        case mnre = "MNRE"
        /// The layout of EEGA, in which JMERE is published: one JSON array.
        case eega = "EEGA JSON"

        /// The extension of the files.
        public var pathExtension: String {
            switch self {
            case .jsonLines: "jsonl"
            case .conll, .mnre: "txt"
            case .eega: "json"
            }
        }

        /// Whether a post stands once for each of its pairs of entities.
        var repeatsPosts: Bool { self == .mnre }
    }

    /// The dataset's name: that of its folder, or of the file.
    public var name: String
    /// The folder that holds the files.
    public var folder: URL
    /// How the posts are written.
    public var layout: Layout
    /// The file of each split that is there.
    public var files: [Split: URL]
    private let naming: Naming

    /// Finds the splits in a folder by the names that each layout gives them; or takes the one file at `url`, which is
    /// the split that its name says and else the test split.
    ///
    /// JSON lines and CoNLL are `train`, `valid` and `test`, `.jsonl` or `.txt`; MNRE is `mnre_train.txt`,
    /// `mnre_val.txt` (or, as published, `mnre_val .txt`) and so on, `mnre_org_…` in version 1, or `ours_…`; EEGA's are
    /// `train.json`, `val.json` or `valid.json`, and `test.json`.
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
        let found = Naming.all.map { (naming: $0, files: $0.files(in: url)) }.filter { !$0.files.isEmpty }
        guard let (naming, files) = found.first else { throw Self.unknownLayout(of: url) }
        guard found.count == 1, files.values.allSatisfy({ $0.count == 1 }) else {
            let names = found.flatMap(\.files.values).joined().map(\.lastPathComponent).sorted()
            throw CorpusError.ambiguousLayout(path: url.relativePath, files: names)
        }
        self.naming = naming
        self.files = files.compactMapValues(\.first)
        layout = naming.layout
    }

    private init(file url: URL) throws {
        guard let layout = try Layout(of: url) else {
            throw CorpusError.unknownLayout(
                path: url.relativePath,
                lookedFor: [
                    "a .jsonl file", "a .txt file in the layout of CoNLL or MNRE", "a .json file in EEGA's layout",
                    "a folder of them",
                ],
                hint: "rename the file after its format")
        }
        name = url.deletingPathExtension().lastPathComponent
        folder = url.deletingLastPathComponent()
        self.layout = layout
        let named = Naming.all.lazy.filter { $0.layout == layout }.compactMap { naming in
            naming.split(of: url.lastPathComponent).map { (naming, $0) }
        }.first
        naming = named?.0 ?? Naming(layout)
        files = [named?.1 ?? .test: url]
    }

    private static func unknownLayout(of folder: URL) -> CorpusError {
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
        let shown = contents.prefix(6).joined(separator: ", ") + (contents.count > 6 ? ", …" : "")
        return .unknownLayout(
            path: folder.relativePath,
            lookedFor: Naming.all.flatMap { naming in Split.allCases.map { naming.fileNames(of: $0)[0] } },
            hint: contents.isEmpty ? "the folder is empty" : "it holds \(shown)")
    }

    /// What the file of a split is called, or would be if it were there.
    func fileName(of split: Split) -> String {
        files[split]?.lastPathComponent ?? naming.fileNames(of: split).joined(separator: " or ")
    }

    /// Opens a split.
    /// - Throws: ``CorpusError``.
    public func reader(for split: Split) throws -> any PostReader {
        guard let file = files[split] else {
            throw CorpusError.missingSplit(split, dataset: name, present: Split.allCases.filter { files[$0] != nil })
        }
        switch layout {
        case .jsonLines: return try JSONLinesReader(file)
        case .conll: return try CoNLLReader(file)
        case .mnre: return try MNREReader(file)
        case .eega: return try EEGAReader(file)
        }
    }
}

/// What the files of a layout are called.
private struct Naming: Sendable {
    let layout: DatasetFiles.Layout
    /// What stands before the name of the split.
    let prefix: String
    /// The names that the split `valid` may have.
    let valid: [String]

    init(_ layout: DatasetFiles.Layout, prefix: String = "", valid: [String] = ["valid"]) {
        self.layout = layout
        self.prefix = prefix
        self.valid = valid
    }

    static let all = [
        Naming(.jsonLines),
        Naming(.conll),
        Naming(.mnre, prefix: "mnre_", valid: ["val", "val "]),
        Naming(.mnre, prefix: "mnre_org_", valid: ["val"]),
        Naming(.mnre, prefix: "ours_", valid: ["val"]),
        Naming(.eega, valid: ["val", "valid"]),
    ]

    /// The names that the file of a split may have.
    func fileNames(of split: Split) -> [String] {
        (split == .valid ? valid : [split.rawValue]).map { "\(prefix)\($0).\(layout.pathExtension)" }
    }

    /// The split whose file has a name.
    func split(of fileName: String) -> Split? {
        Split.allCases.first { fileNames(of: $0).contains(fileName) }
    }

    /// The files of each split that are there.
    func files(in folder: URL) -> [Split: [URL]] {
        var files: [Split: [URL]] = [:]
        for split in Split.allCases {
            let candidates = fileNames(of: split).map { folder.appendingPathComponent($0) }
            let present = candidates.filter { FileManager.default.fileExists(atPath: $0.path) }
            if !present.isEmpty { files[split] = present }
        }
        return files
    }
}

extension DatasetFiles.Layout {
    /// The layout of a file, by its extension and, where two layouts share it, by what it begins with; nil where none
    /// has the extension.
    fileprivate init?(of file: URL) throws {
        switch file.pathExtension {
        case "jsonl": self = .jsonLines
        case "json": self = .eega
        case "txt": self = try Self.beginsWithBrace(file) ? .mnre : .conll
        default: return nil
        }
    }

    /// Whether the first character of a file that is not white space is an opening brace.
    private static func beginsWithBrace(_ file: URL) throws -> Bool {
        for line in try LineReader(file) {
            guard case .success(let line) = line else { return false }
            if !line.isBlank { return line.bytes.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "{") }
        }
        return false
    }
}
