import Corpus
import Foundation
import TestSupport
import Testing

@Suite("ContextTable")
struct ContextTableTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func file(_ text: String) throws -> URL { try scratch.write(text, to: "contexts.jsonl") }

    @Test("finds contexts by the file name of the picture")
    func lookUp() throws {
        let table = try ContextTable(
            contentsOf: try file(
                """
                {"image": "1.jpg", "context": "a dog"}
                {"image": "some/folder/2.jpg", "context": "a city", "score": 0.5}
                """))
        #expect(table["1.jpg"] == "a dog" && table["2.jpg"] == "a city" && table["3.jpg"] == nil)
        #expect(table.count == 2 && table.provenance.isEmpty)
    }

    @Test("reads where the contexts come from in a header, and only in the first line")
    func header() throws {
        let header = #"{"header": {"generator": "BLIP-2", "beams": 5, "temperature": 0.7, "sampled": true}}"#
        let record = #"{"image": "1.jpg", "context": "a dog"}"#
        let table = try ContextTable(contentsOf: try file("\(header)\n\(record)\n"))
        #expect(
            table.provenance == ["generator": "BLIP-2", "beams": "5", "temperature": "0.7", "sampled": "true"])
        #expect(table.count == 1)
        #expect(throws: CorpusError.self) { try ContextTable(contentsOf: try file("\(record)\n\(header)\n")) }
    }

    @Test(
        "refuses a record without a picture, naming the line",
        arguments: [
            (#"{"context": "a dog"}"#, "field image: missing"), (#"{"generator": "BLIP-2"}"#, "field image: missing"),
            (#"{"image": "", "context": "a"}"#, "field image: empty"),
            (#"{"image": 1, "context": "a"}"#, "field image: expected a string"),
            (#"{"image": "a", "context": ["a"]}"#, "field context: expected a string"),
            (#"{"header": "BLIP-2"}"#, "field header: expected an object"), ("[]", "not an object"),
        ])
    func malformed(line: String, problem: String) throws {
        let url = try file("\(line)\n{\"image\": \"1.jpg\", \"context\": \"a dog\"}\n")
        let error = #expect(throws: CorpusError.self) { try ContextTable(contentsOf: url) }
        #expect(error?.description.contains("contexts.jsonl:1: \(problem)") == true, "\(String(describing: error))")
        let examined = try ContextTable(examining: url)
        #expect(examined.findings.counts == [.malformedLine: 1])
        #expect(examined["1.jpg"] == "a dog")
    }

    @Test("counts empty and repeated contexts; the last one is used")
    func findings() throws {
        let table = try ContextTable(
            contentsOf: try file(
                """
                {"image": "1.jpg", "context": "  "}
                {"image": "2.jpg", "context": null}
                {"image": "3.jpg"}

                {"image": "4.jpg", "context": "first"}
                {"image": "4.jpg", "context": "second"}
                """))
        #expect(table.findings.counts == [.emptyContext: 3, .repeatedContext: 1, .blankLine: 1])
        #expect(["1.jpg", "2.jpg", "3.jpg"].allSatisfy { table[$0] == nil })
        #expect(table["4.jpg"] == "second")
    }
}
