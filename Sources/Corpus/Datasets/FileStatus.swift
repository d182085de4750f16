import Foundation
import Support

/// What the operating system says of a path: the same words wherever a path is looked at.
package struct FileStatus {
    /// Whether there is a folder.
    package let isFolder: Bool
    /// Whether nothing is there.
    package let isMissing: Bool
    /// Why nothing can be reached under the path; nil where something is.
    package let problem: String?

    /// Looks at a path; links are followed.
    package init(of url: URL) {
        var status = stat()
        let isReached = stat(url.path, &status) == 0
        isFolder = isReached && status.st_mode & S_IFMT == S_IFDIR
        isMissing = !isReached && errno == ENOENT
        problem = isReached ? nil : isMissing ? "no such file or folder" : systemMessage()
    }

    /// Whether something can be reached under the path.
    var exists: Bool { problem == nil }

    /// Whether a folder has an entry of the name, be it a link that leads nowhere.
    static func hasEntry(_ url: URL) -> Bool {
        var status = stat()
        return lstat(url.path, &status) == 0
    }
}
