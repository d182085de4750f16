import Foundation

/// Where a picture comes from.
public enum PictureSource: Sendable, Hashable {
    /// A file on disk.
    case file(URL)
    /// A file's content in memory, with the name that errors call it.
    case bytes(Data, name: String)

    /// What errors call the picture: its path or name.
    public var name: String {
        switch self {
        case .file(let url): url.path
        case .bytes(_, let name): name
        }
    }
}
