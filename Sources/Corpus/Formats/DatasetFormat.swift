import Foundation
import Support

/// A way in which posts are written into the files of a dataset.
///
/// The value of each format is beside its reader; ``all`` is the table of them.
public struct DatasetFormat: Sendable, CustomStringConvertible {
    /// The name of the format, which reports give.
    public let name: String
    /// The extensions that files may have, the usual one first.
    let pathExtensions: [String]
    /// The first character of every file, white space aside, where another format has the extension too; nil for the
    /// format of all that begin otherwise.
    let opening: Character?
    /// The names that the file of each split may have, also compressed, for each way in which datasets of the format name their files.
    let fileNames: [[Split: [String]]]
    /// Whether a post is repeated for each of its pairs of entities.
    let repeatsPosts: Bool
    /// The way to open each of the files of all splits, which are looked at together.
    private let survey: @Sendable ([URL]) -> Opening

    /// Opens a file.
    typealias Opening = @Sendable (URL) throws -> any PostReader

    /// Every format, in the order in which a folder is searched for them.
    package static let all = [jsonLines, conll, mnre, eega]

    /// The prefix of a split's name in the name of its file, and the names of the splits there.
    struct Naming {
        var prefix = ""
        var valid = ["valid", "val", "dev", "validation"]
        var test = ["test"]

        func names(of split: Split) -> [String] {
            switch split {
            case .train: ["train"]
            case .valid: valid
            case .test: test
            }
        }
    }

    init(
        name: String, pathExtensions: [String], opening: Character? = nil, namings: [Naming] = [Naming()],
        repeatsPosts: Bool = false, survey: @escaping @Sendable ([URL]) -> Opening
    ) {
        self.name = name
        self.pathExtensions = pathExtensions
        self.opening = opening
        fileNames = namings.map { naming in
            let splits = Split.allCases.map { split in
                let names = naming.names(of: split).map { naming.prefix + $0 }
                let plain = names.flatMap { name in pathExtensions.map { "\(name).\($0)" } }
                return (split, plain + plain.map { "\($0).gz" })
            }
            return Dictionary(uniqueKeysWithValues: splits)
        }
        self.repeatsPosts = repeatsPosts
        self.survey = survey
    }

    /// A format whose files say all that is needed to read them.
    init(
        name: String, pathExtension: String, opening: Character? = nil, namings: [Naming] = [Naming()],
        repeatsPosts: Bool = false, open: @escaping Opening
    ) {
        self.init(
            name: name, pathExtensions: [pathExtension], opening: opening, namings: namings,
            repeatsPosts: repeatsPosts, survey: { _ in open })
    }

    /// The way to open each of the files of a dataset's splits.
    func open(among files: [URL]) -> Opening { survey(files) }

    public var description: String { name }
}

extension DatasetFormat {
    /// The format of a file, by its extension and, where formats share it, by what the file begins with; nil where no
    /// format has the extension.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    package init?(of file: URL) throws {
        let candidates = Self.all.filter { $0.pathExtensions.contains(file.unpacked.pathExtension) }
        guard candidates.count > 1 else {
            guard let only = candidates.first else { return nil }
            self = only
            return
        }
        let opening = try Self.opening(of: file)
        let format = candidates.first { $0.opening != nil && $0.opening == opening }
        guard let format = format ?? candidates.first(where: { $0.opening == nil }) else { return nil }
        self = format
    }

    /// The first character of a file that is not white space.
    private static func opening(of file: URL) throws -> Character? {
        for line in try LineReader(file) {
            guard case .success(let line) = line else { return nil }
            if !line.isBlank { return try? line.text().first { !$0.isWhitespace } }
        }
        return nil
    }
}

extension DatasetFormat: Equatable {
    /// Formats are told by their names.
    public static func == (left: DatasetFormat, right: DatasetFormat) -> Bool { left.name == right.name }
}

extension DatasetFormat: Codable {
    /// Reads a name.
    /// - Throws: `DecodingError` for one that is not in ``all``.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let name = try value.decode(String.self)
        guard let format = Self.all.first(where: { $0.name == name }) else {
            throw DecodingError.corrupted(decoder.codingPath, "no format is named \(name.quoted)")
        }
        self = format
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(name)
    }
}
