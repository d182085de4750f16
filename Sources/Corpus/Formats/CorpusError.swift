import Foundation
import Support

/// A fault between a dataset on disk and posts in memory.
public enum CorpusError: Error, CustomStringConvertible, Sendable, Equatable {
    /// A line does not say what its format asks for.
    case malformed(SourceLocation, problem: String)
    /// A file or folder cannot be read.
    case unreadable(path: String, reason: String)
    /// A file cannot be written.
    case unwritable(path: String, reason: String)
    /// A path holds no known dataset layout.
    case unknownLayout(path: String, lookedFor: [String], hint: String)
    /// A folder holds a split twice, in two layouts.
    case ambiguousLayout(path: String, files: [String])
    /// A folder that is to be written holds a dataset.
    case occupied(path: String)
    /// A dataset has no such split.
    case missingSplit(Split, dataset: String, present: [Split])

    public var description: String {
        switch self {
        case .malformed(let location, let problem):
            "\(location): \(problem)"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); check the path and its permissions"
        case .unwritable(let path, let reason):
            "\(path): cannot be written (\(reason)); check the free space and the folder's permissions"
        case .unknownLayout(let path, let lookedFor, let hint):
            "\(path): no dataset here; looked for \(lookedFor.joined(separator: ", ")); \(hint)"
        case .ambiguousLayout(let path, let files):
            "\(path): holds \(files.joined(separator: " and ")); name the one to read, or move the other away"
        case .occupied(let path):
            "\(path): holds a dataset; name another folder"
        case .missingSplit(let split, let dataset, let present):
            "dataset \(dataset) has no \(split) split; it has \(present.map(\.rawValue).joined(separator: ", "))"
        }
    }

    /// The fault, without the place.
    package var problem: String {
        guard case .malformed(_, let problem) = self else { return description }
        return problem
    }

    /// The line at fault, where one is.
    public var location: SourceLocation? {
        guard case .malformed(let location, _) = self else { return nil }
        return location
    }
}

extension CorpusError {
    /// The operating system's reason why a file cannot be written.
    init(_ error: FileError, file: URL) {
        self = .unwritable(path: file.relativePath, reason: error.reason)
    }
}

/// A line of a file.
public struct SourceLocation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The file's path as it was given.
    public var file: String
    /// The line, counted from 1.
    public var line: Int

    /// Makes a location.
    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    public var description: String { "\(file):\(line)" }
}
