import Foundation

/// A way in which posts are written into the files of a dataset.
///
/// The value of each format is beside its reader; ``all`` is the table of them.
public struct DatasetFormat: Sendable, CustomStringConvertible {
    /// The name of the format, which reports give.
    public let name: String
    /// The extension of the files.
    let pathExtension: String
    /// The first character of every file, white space aside, where another format has the extension too; nil for the
    /// format of all that begin otherwise.
    let opening: Character?
    /// The names that the file of each split may have, for each way in which datasets of the format name their files.
    let fileNames: [[Split: [String]]]
    /// Whether a post is repeated for each of its pairs of entities.
    let repeatsPosts: Bool
    /// Opens a file.
    let open: @Sendable (URL) throws -> any PostReader

    /// Every format, in the order in which a folder is searched for them.
    package static let all = [jsonLines, conll, mnre, eega]

    /// The prefix of a split's name in the name of its file, and the names of the split `valid` there.
    struct Naming {
        var prefix = ""
        var valid = ["valid"]
    }

    init(
        name: String, pathExtension: String, opening: Character? = nil, namings: [Naming] = [Naming()],
        repeatsPosts: Bool = false, open: @escaping @Sendable (URL) throws -> any PostReader
    ) {
        self.name = name
        self.pathExtension = pathExtension
        self.opening = opening
        fileNames = namings.map { naming in
            let splits = Split.allCases.map { split in
                let names = split == .valid ? naming.valid : [split.rawValue]
                return (split, names.map { "\(naming.prefix)\($0).\(pathExtension)" })
            }
            return Dictionary(uniqueKeysWithValues: splits)
        }
        self.repeatsPosts = repeatsPosts
        self.open = open
    }

    public var description: String { name }
}

extension DatasetFormat {
    /// The format of a file, by its extension and, where formats share it, by what the file begins with; nil where no
    /// format has the extension.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    init?(of file: URL) throws {
        let candidates = Self.all.filter { $0.pathExtension == file.pathExtension }
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
            if !line.isBlank {
                return line.bytes.first { $0 != 0x20 && $0 != 0x09 }.map { Character(Unicode.Scalar($0)) }
            }
        }
        return nil
    }
}

extension DatasetFormat: Codable {
    /// Reads a name.
    /// - Throws: `DecodingError` for one that is not in ``all``.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let name = try value.decode(String.self)
        guard let format = Self.all.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "no format is named \(name.quoted)")
        }
        self = format
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(name)
    }
}
