import Foundation

/// The digests that set-up has checked of the files that it fetched, in `.manifest` beside them.
package enum FetchedManifest {
    private static let name = ".manifest"

    /// The SHA-256 of a file in 64 hexadecimal digits, without reading it.
    /// - Returns: nil where set-up has not fetched it, or it was touched since.
    package static func digest(of file: URL) -> String? {
        let manifest = file.deletingLastPathComponent().appending(path: name)
        guard let written = FileTimes(of: manifest), let found = FileTimes(of: file),
            found.changed <= written.modified, let text = try? String(contentsOf: manifest, encoding: .utf8)
        else { return nil }
        // Lines of digest, size and name, below one that says how the files were made.
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ", maxSplits: 2)
            if fields.count == 3, fields[2] == file.lastPathComponent, Int64(fields[1]) == found.size {
                return String(fields[0])
            }
        }
        return nil
    }
}

/// The size of a file, and when it was written.
private struct FileTimes {
    let size: Int64
    /// Seconds since 1970 of the last writing, which whoever writes may set.
    let modified: Double
    /// The same of the last change of any kind, which only the system sets.
    let changed: Double

    /// - Returns: nil where there is no file.
    init?(of file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec) }
        (size, modified, changed) = (Int64(status.st_size), seconds(status.st_mtim), seconds(status.st_ctim))
    }
}
