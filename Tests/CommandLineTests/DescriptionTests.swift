import Foundation
import TestSupport
import Testing

/// What the program tells of models and encoders without training anything.
@Suite struct DescriptionTests {
    /// The number of a part, in millions, and that of what is trained of it.
    private func counts(_ outcome: Program.Outcome) -> [String: [Double]] {
        outcome.lines.dropFirst().reduce(into: [:]) { counts, line in
            let numbers = line.matches(of: /[0-9.]+(?= M)/).compactMap { Double($0.output) }
            let name = line.prefix { !$0.isNumber }.trimmingCharacters(in: .whitespaces)
            counts[name] = numbers
        }
    }

    @Test("The parts of a model are counted without data; the whole is their sum")
    func describesModels() throws {
        let configuration = DataFolder.checkout.appending(path: "Configurations/minilm/pictured-names.yaml")
        let outcome = try Program.run(["train", configuration.path, "--describe"])
        #expect(outcome.status == 0)
        let parts = counts(outcome)
        // MiniLM-L6 without its pooler, EfficientNet-Lite0 without its classifier, and 1280 x 384 + 384.
        #expect(parts["text encoder"] == [22.565, 22.565] && parts["image encoder"] == [3.371, 0])
        #expect(parts["projection of pictures"] == [0.492, 0.492])
        let all = try #require(parts["all"])
        let sum = parts.filter { $0.key != "all" }.values.reduce(0) { $0 + ($1.first ?? 0) }
        #expect((all[0] - sum).magnitude < 0.003 && all[1] < all[0])
    }

    @Test("A text encoder that is frozen is not trained, and a contradiction is one sentence")
    func describesSettings() throws {
        let configuration = DataFolder.checkout.appending(path: "Configurations/minilm/pictured-names.yaml").path
        let frozen = try Program.run(["train", configuration, "--describe", "--set", "text.frozen=true"])
        #expect(counts(frozen)["text encoder"] == [22.565, 0])
        let odd = try Program.run(["train", configuration, "--describe", "--set", "fusion.heads=7"])
        #expect(odd.status != 0 && odd.errors.contains("fusion.width (256) must be a multiple of fusion.heads (7)"))
        #expect(try Program.run(["train", configuration]).errors.contains("--data"))
    }

    @Test("With the paper's encoders the model has the paper's 170.7 million parameters, within 1 %")
    func table4() throws {
        let scratch = try TemporaryFolder()
        let configurations = DataFolder.checkout.appending(path: "Configurations").path
        let outcome = try Program.run([
            "reproduce", "table4", "--configurations", configurations, "--output", scratch["out"].path,
        ])
        let rows = outcome.lines.filter { $0.contains("BERT-base, ResNet-152") }
        #expect(rows.count == 3)
        for row in rows {
            let all = try #require(row.matches(of: /[0-9.]+(?= M)/).last.flatMap { Double($0.output) })
            #expect((all / 170.7 - 1).magnitude < 0.01)
        }
        let written = try String(contentsOf: scratch["out/table4.md"], encoding: .utf8)
        #expect(written.contains("| Shap-CA | 170.7 M | 76.93 |"))
    }

    @Test("Encoders are listed with what fetches them")
    func encoders() throws {
        let outcome = try Program.run(["system", "--encoders"])
        for name in ["modernbert", "deberta-v2", "resnet152", "mpnet", "torchvision"] {
            #expect(outcome.output.contains(name))
        }
        struct Report: Decodable {
            struct Fetched: Decodable { let name: String, isFetched: Bool }
            let text: [String], image: [String], fetched: [Fetched]
        }
        let report: Report = try Program.run(["system", "--encoders", "--json"]).json()
        #expect(report.text.contains("roberta") && report.image.contains("efficientnet-lite0"))
        #expect(report.fetched.first { $0.name == "minilm-l6-v2" }?.isFetched == true)
        for name in ["mpnet", "efficientnet-lite2"] {
            let entry = try #require(report.fetched.first { $0.name == name })
            #expect(outcome.output.contains("ENCODERS=\(name)`") == !entry.isFetched, "\(outcome.output)")
        }
    }
}
