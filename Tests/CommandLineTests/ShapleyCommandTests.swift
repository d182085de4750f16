import Foundation
import Support
import TestSupport
import Testing

@Suite("shapca shapley")
struct ShapleyCommandTests {
    private struct Report: Decodable {
        let value: String
        let alpha: Double?
        let beta: Double?
        let estimator: String
        let temperature: Double
        let values: [[Double]]
        let standardErrors: [[Double]]?
        let utilities: [Double]
    }

    private static let matrix = "[[0.9, -0.2, 0.4, 0.1], [0.3, 0.3, 0.3, 0.3], [0, 0.5, -1, 1]]"
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private func run(
        _ json: String, _ estimator: String, temperature: String = "0.1", _ more: String...
    ) throws -> Program.Outcome {
        let file = try scratch.write(json, to: "games.json")
        let arguments = ["--input", file.path, "--estimator", estimator, "--temperature=\(temperature)"]
        return try Program.run(["shapley"] + arguments + more)
    }

    @Test(
        "Every estimator prints values that add up to what all players are worth",
        arguments: [
            "exact", "cyclic", "permutation", "antithetic",
        ])
    func estimators(_ name: String) throws {
        let outcome = try run(Self.matrix, name)
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let report: Report = try outcome.json()
        #expect(report.estimator == name && report.temperature == 0.1 && report.value == "shapley")
        #expect(report.values.map(\.count) == [4, 4, 4] && report.utilities.count == 3)
        for (values, utility) in zip(report.values, report.utilities) {
            #expect(abs(values.reduce(0, +) - utility) < 1e-6)
        }
        #expect(abs(report.utilities[1] - 0.3) < 1e-6)
        #expect((report.standardErrors != nil) == (name == "permutation" || name == "antithetic"))
        #expect(outcome.output.contains("\"standardErrors\":"))
        let keys = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]).keys
        #expect(keys.sorted() == ["estimator", "standardErrors", "temperature", "utilities", "value", "values"])
        #expect(try run("{\"similarities\": \(Self.matrix)}", name).output == outcome.output)
    }

    @Test("Banzhaf and beta values are printed under their names")
    func semivalues() throws {
        let shapley: Report = try run(Self.matrix, "exact").json()
        let banzhaf: Report = try run(Self.matrix, "exact", "--value", "banzhaf").json()
        #expect(banzhaf.value == "banzhaf" && banzhaf.alpha == nil && banzhaf.utilities == shapley.utilities)
        for value in banzhaf.values[1] { #expect(abs(value - 0.3 / 8) < 1e-6) }
        let beta: Report = try run(Self.matrix, "exact", "--value", "beta", "--alpha", "4", "--beta", "1").json()
        #expect(beta.value == "beta" && beta.alpha == 4 && beta.beta == 1)
        for value in beta.values[1] { #expect(abs(value - 0.3 * 4 / 7) < 1e-6) }
        let even: Report = try run(Self.matrix, "exact", "--value", "beta", "--alpha", "1", "--beta", "1").json()
        for (found, expected) in zip(even.values.joined(), shapley.values.joined()) {
            #expect(abs(found - expected) < 1e-6)
        }
    }

    @Test("A value that cannot be had is refused with what to do")
    func badValues() throws {
        #expect(try run(Self.matrix, "exact", "--value", "owen").failed(saying: "owen", "shapley, banzhaf, beta"))
        #expect(try run(Self.matrix, "cyclic", "--value", "banzhaf").failed(saying: "cyclic", "use exact"))
        #expect(try run(Self.matrix, "exact", "--alpha", "4").failed(saying: "shapley values have no alpha"))
        #expect(try run(Self.matrix, "exact", "--value", "beta", "--alpha", "4").failed(saying: "give both"))
        for alpha in ["0", "-1", "nan", "inf", "1e9"] {
            let outcome = try run(Self.matrix, "exact", "--value", "beta", "--alpha=\(alpha)", "--beta", "1")
            #expect(outcome.failed(saying: "alpha", "out of range"))
        }
    }

    @Test(
        "An entry that is no finite number is named by its row and column",
        arguments: ["NaN", "Infinity", "-Infinity", "1e999", "null", "\"0.5\"", "true", "[1]"])
    func badEntry(_ entry: String) throws {
        let rows = "[[0.1, 0.2, 0.3], [0.4, 0.5, \(entry)]]"
        for json in [rows, "{\"similarities\": \(rows)}"] {
            let outcome = try run(json, "exact")
            #expect(outcome.failed(saying: "row 1, column 2 (counted from 0)"), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test("An empty matrix is refused with what to give", arguments: ["[]", "[[]]", "{\"similarities\": []}"])
    func emptyMatrix(_ json: String) throws {
        let outcome = try run(json, "exact")
        #expect(outcome.failed(saying: "empty", "give a matrix [[0.1, 0.7], [0.3, 0.2]]"), "\(outcome.errors)")
    }

    @Test("More samples come closer to the exact values, by about the standard error; the seed decides them")
    func samples() throws {
        let exact: Report = try run(Self.matrix, "exact").json()
        let sampled: Report = try run(Self.matrix, "permutation", "--samples", "20000", "--seed", "3").json()
        for (game, errors) in try #require(sampled.standardErrors).enumerated() {
            for (player, error) in errors.enumerated() {
                #expect(abs(sampled.values[game][player] - exact.values[game][player]) <= 6 * error + 1e-6)
            }
        }
        let outputs = try ["3", "3", "4"].map {
            try run(Self.matrix, "permutation", "--samples", "8", "--seed", $0).output
        }
        #expect(outputs[0] == outputs[1] && outputs[1] != outputs[2])
    }

    @Test(
        "Input that is no game is refused in one sentence",
        arguments: [
            "", "[[0.1, 0.2], [0.3]]", "[0.1]", "[[\"a\"]]", "[[1e999]]", "[[null]]", "{\"values\": [[1]]}", "{",
            "\u{FEFF}x", "nan",
        ])
    func badInput(_ json: String) throws {
        let outcome = try run(json, "exact")
        #expect(outcome.failed(), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("So are options out of range, and random bytes")
    func badOptions() throws {
        #expect(try run(Self.matrix, "best").failed(saying: "exact, cyclic, permutation, antithetic"))
        for temperature in ["0", "-1", "nan", "inf"] {
            #expect(try run(Self.matrix, "exact", temperature: temperature).failed(saying: "temperature"))
        }
        var generator = SplitMix64(state: 5)
        for length in [1, 100, 10_000] {
            let bytes = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
            let file = try scratch.write(bytes, to: "random.json")
            let outcome = try Program.run("shapley", "--input", file.path, "--temperature", "1", "--estimator", "exact")
            #expect(outcome.failed())
        }
    }
}
