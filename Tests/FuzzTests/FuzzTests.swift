import Foundation
import TestSupport
import Testing

@Suite("Fuzzing")
struct FuzzTests {
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "shapca-fuzz")
    private static let found = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Found")

    private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        (process.executableURL, process.arguments) = (Self.program, arguments)
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("A reader with faults is found out, by inputs as short as can be, which fail again")
    func faultyReader() throws {
        let folder = try TemporaryFolder()
        let (status, output) = try run("faulty", "--runs", "60", "--found", folder.url.path)
        #expect(status == 1, "\(output)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        let inputs = try files.map { String(decoding: try Data(contentsOf: folder[$0]), as: UTF8.self) }
        #expect(Set(inputs) == ["!", "?"], "\(output)")
        let again = try run("replay", folder.url.path)
        #expect(again.status == 1 && again.output.contains("a question mark"), "\(again.output)")
    }

    @Test("Every input that was ever found is read, or refused with a message")
    func inputsThatWereFound() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.found.path).filter { $0 != "README.md" }
        guard !files.isEmpty else { return }
        let (status, output) = try run("replay", Self.found.path)
        #expect(status == 0, "\(output)")
        #expect(output.split(separator: "\n").count == files.count, "\(output)")
    }
}
