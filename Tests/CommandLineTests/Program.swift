import Foundation

/// The `shapca` binary that was built beside these tests.
enum Program {
    static let url = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "shapca")
}
