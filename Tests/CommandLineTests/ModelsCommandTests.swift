import Foundation
import TestSupport
import Testing

@Suite("shapca models and export")
struct ModelsCommandTests {
    private struct Report: Decodable {
        struct Model: Decodable {
            struct Part: Decodable {
                let name: String
                let isFetched: Bool
            }
            let name, folder, task: String
            let size: Int
            let entityTypes: [String]
            let needs: [Part]
        }
        let models: [Model]
    }

    /// Runs the program where SHAPCA_MODELS is a folder, from a working folder of its own.
    private func run(_ arguments: String..., models: URL) throws -> Program.Outcome {
        let before = ProcessInfo.processInfo.environment["SHAPCA_MODELS"]
        setenv("SHAPCA_MODELS", models.path, 1)
        defer { if let before { setenv("SHAPCA_MODELS", before, 1) } else { unsetenv("SHAPCA_MODELS") } }
        return try Program.run(arguments)
    }

    @Test("A run is exported, listed, and predicts by its name; social-en is meant where none is named")
    func exports() throws {
        let scratch = try TemporaryFolder()
        let trained = try Program.run(
            Workshop.training(scratch["run"], "--set", "adapter.rank=4", "--set", "training.epochs=6"))
        #expect(trained.status == 0, "\(trained.errors)")
        let (models, text) = (scratch["models"], "Anna flew to Oslo yesterday")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        let folder = models.appending(path: "tiny")
        let outcome = try run("export", "--model", scratch["run"].path, "--output", folder.path, models: models)
        #expect(outcome.status == 0 && outcome.lines == [folder.path], "\(outcome.errors)")

        let report: Report = try run("models", "--json", models: models).json()
        let tiny = try #require(report.models.first { $0.name == "tiny" })
        #expect(tiny.folder == folder.path && tiny.task == "entities" && !tiny.entityTypes.isEmpty)
        #expect(tiny.needs.map(\.name) == [Workshop.encoder.path, "en-core-web-sm"])
        #expect(tiny.needs.allSatisfy(\.isFetched) && tiny.size > 1000)
        let table = try run("models", models: models)
        #expect(table.lines.contains { $0.hasPrefix("tiny ") && $0.contains(" ready ") }, "\(table.output)")

        let named = try run("predict", "--model", "tiny", "--text", text, models: models)
        let path = try run("predict", "--model", folder.path, "--text", text, models: models)
        #expect(named.status == 0 && named.output == path.output, "\(named.errors)")
        let unknown = try run("predict", "--model", "tiny2", "--text", text, models: models)
        #expect(unknown.failed(saying: "did you mean tiny?"), "\(unknown.errors)")
        try FileManager.default.copyItem(at: folder, to: models.appending(path: "social-en"))
        let standard = try run("predict", "--text", text, models: models)
        #expect(standard.output == named.output, "\(standard.errors)")
    }
}
