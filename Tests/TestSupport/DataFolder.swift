import Foundation

/// The folder of research data sets: `SHAPCA_DATA`, else `../shared/data` beside the checkout.
///
/// The data may not be redistributed, so tests that need it are skipped where it is absent:
///
///     @Test(.enabled(if: DataFolder.has("twitter2017"), "needs twitter2017 in SHAPCA_DATA"))
public enum DataFolder {
    /// Where the data sets lie, whether or not anything is there.
    public static let url: URL =
        if let path = ProcessInfo.processInfo.environment["SHAPCA_DATA"] {
            URL(filePath: path, directoryHint: .isDirectory)
        } else {
            checkout.deletingLastPathComponent().appending(path: "shared/data", directoryHint: .isDirectory)
        }

    /// The folder that holds `Package.swift`.
    public static let checkout = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whether a file or folder of that relative path is there.
    public static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: self[path].path)
    }

    /// The file or folder of that relative path.
    public static subscript(path: String) -> URL {
        url.appending(path: path)
    }
}
