import Foundation
import TestSupport
import Testing

@Suite("The model that is shipped")
struct ShippedModelTests {
    private static let model = DataFolder.checkout.appending(path: "Models/social-en")

    private struct Report: Decodable {
        struct Overall: Decodable { let f1: Double }
        let overall: Overall
        let gold: Int
    }

    @Test("It has the F1 that its card tells, on the test split of Tweebank")
    func score() throws {
        let card = try String(contentsOf: Self.model.appending(path: "README.md"), encoding: .utf8)
        let told = try #require(card.firstMatch(of: /name: Tweebank-NER test[^\n]*\n[^\n]*value: ([0-9.]+)/)?.1)
        let outcome = try Program.run(
            "evaluate", "--model", Self.model.path, "--data", DataFolder.checkout.appending(path: "Data/tweebank").path,
            "--precision", "fp32", "--json")
        let report = try outcome.json(Report.self)
        #expect(report.gold == 750)
        let f1 = try #require(Double(told))
        #expect(abs(100 * report.overall.f1 - f1) <= 0.1, "\(100 * report.overall.f1)")
    }

    @Test("It is meant where no model is named, and takes eight megabytes at most")
    func named() throws {
        let outcome = try Program.run("predict", "--text", "Flying to Oslo with Anna Berg")
        #expect(outcome.status == 0, "\(outcome.errors)")
        struct Prediction: Decodable {
            struct Found: Decodable { let text: String, type: String }
            let entities: [Found]
        }
        let found = try outcome.json(Prediction.self).entities
        #expect(found.map { "\($0.text) \($0.type)" } == ["Oslo LOC", "Anna Berg PER"])
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.model.path)
        let bytes = try names.reduce(0) { sum, name in
            let file = Self.model.appending(path: name)
            return sum + (try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
        }
        #expect(bytes < 8_000_000, "\(bytes)")
    }
}
