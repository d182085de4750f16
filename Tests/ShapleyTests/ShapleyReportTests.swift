import Foundation
import Shapley
import Testing

@Suite("Report of values")
struct ShapleyReportTests {
    @Test("both forms of input are read")
    func input() throws {
        let expected = try GameMatrix(rows: [[0.1, 2], [-3e-1, 0]])
        #expect(try GameMatrix(json: Data("[[0.1, 2], [-3e-1, 0]]".utf8)) == expected)
        #expect(try GameMatrix(json: Data(#"{"note": 1, "similarities": [[0.1, 2], [-0.3, 0]]}"#.utf8)) == expected)
    }

    @Test(
        "bad input is refused in words that name the place",
        arguments: [
            (#"[[1, 2], [3, "x"]]"#, "row 1, column 1"), ("[[1, null]]", "row 0, column 1"), ("[[1], 2]", "row 1"),
            (#"{"similarity": [[1]]}"#, #""similarities" is missing"#), ("[[1, 2], [3]]", "row 1"),
            ("3", "no matrix"), (#"{"similarities": 3}"#, "no matrix"), ("[[1, 2", "not valid JSON"),
            ("", "not valid JSON"),
            ("[[NaN]]", "row 0, column 0"),
            (#"{"a": "[", "similarities": [[1, 2], [3, 1e999]]}"#, "row 1, column 1"),
            ("[[1, 2],\r\n [-Infinity, NaN]]", "row 1, column 0"), ("[[nan], [1", "row 0, column 0"),
            ("[[[1]]]", "row 0, column 0"), (#"[["NaN"]]"#, "row 0, column 0"), ("null", "no matrix"),
            ("[[1], null]", "row 1"), ("[]", "has no row; give a matrix"), ("[[], []]", "no column; give a matrix"),
            (#"{"similarities": []}"#, "has no row; give a matrix"), ("[NaN]", "not valid JSON"),
            ("\u{0}\u{1}\u{ff}", "not valid JSON"),
        ])
    func badInput(json: String, words: String) {
        let error = #expect(throws: ShapleyError.self) { try GameMatrix(json: Data(json.utf8)) }
        #expect(error.map { "\($0)".contains(words) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("a report holds values, errors and utilities under the promised keys")
    func keys() throws {
        let similarities = try GameMatrix(rows: [[0.5, 0.1, -0.2], [0.3, 0.3, 0.3]])
        let report = try ShapleyReport(
            similarities: similarities, estimator: .permutation(samples: 50), temperature: 0.2, seed: 1)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["estimator", "temperature", "value", "values", "standardErrors", "utilities"])
        #expect(object["estimator"] as? String == "permutation" && object["value"] as? String == "shapley")
        #expect((object["standardErrors"] as? [[Double]])?.map(\.count) == [3, 3])
        #expect(largestDifference(report.values.map { $0.reduce(0, +) }, report.utilities) < 1e-12)
        #expect(try JSONDecoder().decode(ShapleyReport.self, from: Data(report.json().utf8)) == report)
    }

    @Test("a report without standard errors says null, and one of beta values their parameters")
    func null() throws {
        let one = try GameMatrix(rows: [[1]])
        let rest = #""estimator":"exact","standardErrors":null,"temperature":0.1,"utilities":[1],"value""#
        let report = try ShapleyReport(similarities: one, estimator: .exact, temperature: 0.1)
        #expect(try report.json() == #"{\#(rest):"shapley","values":[[1]]}"#)
        let beta = try ShapleyReport(
            similarities: one, estimator: .exact, temperature: 0.1, value: .beta(alpha: 4, beta: 0.5))
        #expect(try beta.json() == #"{"alpha":4,"beta":0.5,\#(rest):"beta","values":[[1]]}"#)
        #expect(try JSONDecoder().decode(ShapleyReport.self, from: Data(beta.json().utf8)) == beta)
    }
}
