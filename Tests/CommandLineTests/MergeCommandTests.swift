import Foundation
import TestSupport
import Testing

@Suite("shapca merge")
struct MergeCommandTests {
    private struct Prediction: Decodable, Equatable {
        struct Entity: Decodable, Equatable {
            let start, end: Int
            let type: String
            let score: Double
        }

        let entities: [Entity]
    }

    private func predict(_ model: URL) throws -> Prediction {
        let outcome = try Program.run("predict", "--model", model.path, "--text", "Anna flew to Oslo yesterday")
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try outcome.json()
    }

    @Test("A model of adapters becomes one that needs no other folder and predicts the same")
    func merges() throws {
        let scratch = try TemporaryFolder()
        let trained = try Program.run(
            Workshop.training(scratch["run"], "--set", "adapter.rank=4", "--set", "training.epochs=6"))
        #expect(trained.status == 0 && trained.errors.contains("are trained"), "\(trained.errors)")
        let model = scratch["run/model"]
        let outcome = try Program.run("merge", model.path, "--output", scratch["whole"].path)
        #expect(outcome.status == 0 && outcome.lines == [scratch["whole"].path], "\(outcome.errors)")
        #expect(try predict(scratch["whole"]) == predict(model))
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch["whole"].path)
        #expect(files.contains("model.safetensors") && !files.contains("heads.safetensors") && !files.contains("text"))

        let again = try Program.run("merge", scratch["whole"].path, "--output", scratch["more"].path)
        #expect(again.failed(saying: scratch["whole"].path, "no adapters"), "\(again.errors)")
        let occupied = try Program.run("merge", model.path, "--output", scratch["whole"].path)
        #expect(occupied.failed(saying: scratch["whole"].path, "new folder"), "\(occupied.errors)")
    }
}
