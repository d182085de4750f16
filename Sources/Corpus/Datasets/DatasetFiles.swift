import Foundation

/// The files of a dataset's splits, found by the contents of its folder.
final class DatasetFiles {
    /// The dataset's name: that of its folder, or of the file.
    let name: String
    /// The folder that holds the files.
    let folder: URL
    /// The format of the files.
    let format: DatasetFormat
    /// The file of each split that exists.
    let files: [Split: URL]
    /// The names that the file of each missing split may have.
    private let fileNames: [Split: [String]]
    /// Opens a file, with what the files of all splits say together.
    private lazy var open = format.open(among: Split.allCases.compactMap { files[$0] })

    /// Finds the splits in a folder by the names that each format gives them; or takes the one file at `url`, which is
    /// the split that its name says and else the test split.
    /// - Parameter format: the only format that is looked for; nil to recognise it.
    /// - Throws: ``CorpusError`` that says what was looked for.
    convenience init(at url: URL, format: DatasetFormat? = nil) throws {
        let status = FileStatus(of: url)
        if let problem = status.problem { throw CorpusError.unreadable(path: url.relativePath, reason: problem) }
        if status.isFolder {
            try self.init(folder: url, among: format.map { [$0] } ?? DatasetFormat.all)
        } else {
            try self.init(file: url, format: format)
        }
    }

    private init(folder url: URL, among formats: [DatasetFormat]) throws {
        let found = formats.flatMap { format in
            format.fileNames.map { (format: format, names: $0, files: Self.files(named: $0, in: url)) }
        }.filter { !$0.files.isEmpty }
        guard let (format, names, files) = found.first else { throw Self.unknownLayout(of: url, formats) }
        guard found.count == 1, files.values.allSatisfy({ $0.count == 1 }) else {
            let names = found.flatMap(\.files.values).joined().map(\.lastPathComponent).sorted()
            throw CorpusError.ambiguousLayout(path: url.relativePath, files: names)
        }
        name = url.standardizedFileURL.lastPathComponent
        folder = url
        self.format = format
        self.files = files.compactMapValues(\.first)
        fileNames = names
    }

    private init(file url: URL, format: DatasetFormat?) throws {
        if let packed = ForeignContent(pathExtension: url.pathExtension) {
            throw CorpusError.malformed(
                SourceLocation(file: url.relativePath, line: 1), problem: packed.problem(of: url.relativePath))
        }
        guard let format = try format ?? DatasetFormat(of: url) else {
            throw CorpusError.unknownLayout(
                path: url.relativePath,
                lookedFor: DatasetFormat.all.map {
                    "a .\($0.pathExtensions.joined(separator: " or .")) file (\($0.name))"
                } + ["a folder of them"],
                hint: "rename the file after its format")
        }
        name = url.unpacked.deletingPathExtension().lastPathComponent
        folder = url.deletingLastPathComponent()
        self.format = format
        let named = format.fileNames.lazy.compactMap { names in
            Split.allCases.first { names[$0]?.contains(url.lastPathComponent) == true }.map { (names, $0) }
        }.first
        files = [named?.1 ?? .test: url]
        fileNames = named?.0 ?? [:]
    }

    /// The files of each split that are in a folder, of those with the given names.
    private static func files(named names: [Split: [String]], in folder: URL) -> [Split: [URL]] {
        names.mapValues { names in
            names.map { folder.appendingPathComponent($0) }.filter(FileStatus.hasEntry)
        }.filter { !$0.value.isEmpty }
    }

    private static func unknownLayout(of folder: URL, _ formats: [DatasetFormat]) -> CorpusError {
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
        let shown = contents.prefix(6).joined(separator: ", ") + (contents.count > 6 ? ", …" : "")
        return .unknownLayout(
            path: folder.relativePath,
            lookedFor: formats.flatMap(\.fileNames).flatMap { names in
                Split.allCases.compactMap { names[$0]?.first }
            },
            hint: contents.isEmpty ? "the folder is empty" : "it holds \(shown)\(unpacking(contents, in: folder))")
    }

    /// The advice to unpack the first compressed file of a folder; empty where there is none.
    private static func unpacking(_ contents: [String], in folder: URL) -> String {
        for name in contents {
            guard let packed = ForeignContent(pathExtension: (name as NSString).pathExtension) else { continue }
            return "; of \(name): \(packed.problem(of: folder.appending(path: name).relativePath))"
        }
        return ""
    }

    /// The name of a split's file; where it is absent, the names that it could have, under the first extension.
    func fileName(of split: Split) -> String {
        let usual = fileNames[split, default: []].filter { $0.hasSuffix(".\(format.pathExtensions[0])") }
        return files[split]?.lastPathComponent ?? usual.joined(separator: " or ")
    }

    /// Opens a split.
    /// - Throws: ``CorpusError``.
    func reader(for split: Split) throws -> any PostReader {
        guard let file = files[split] else {
            throw CorpusError.missingSplit(split, dataset: name, present: Split.allCases.filter { files[$0] != nil })
        }
        return try open(file)
    }
}
