import Foundation
import Support
import Testing

@Suite struct WordsTests {
    @Test(arguments: [
        ("sead", "seed"), ("alignment.metod", "alignment.method"), ("batchsize", "batchSize"), ("zzzzzzzzzz", nil),
        ("", nil),
    ])
    func theNearestNameIsSuggested(name: String, expected: String?) {
        #expect(name.nearest(in: ["alignment.method", "batchSize", "seed"]) == expected)
        #expect(name.nearest(in: []) == nil)
    }

    private struct Record: Decodable {
        struct Entity: Decodable {
            let start: Int
            let score: Double?
        }

        let name: String
        let entities: [Entity]
        let kind: Kind?
    }

    private enum Kind: String, Decodable { case small, large }

    @Test(arguments: [
        (#"{"name": 1, "entities": []}"#, "field name: expected a string, found another type"),
        (#"{"name": null, "entities": []}"#, "field name: expected a string, found null"),
        (#"{"name": "a", "entities": 1}"#, "field entities: expected a list, found another type"),
        (#"{"name": "a", "entities": [1]}"#, "field entities[0]: expected an object, found another type"),
        (#"{"name": "a", "entities": [{}]}"#, "field entities[0].start: missing; add it"),
        (
            #"{"name": "a", "entities": [{"start": 0}, {"start": "b"}]}"#,
            "field entities[1].start: expected a whole number, found another type"
        ),
        (
            #"{"name": "a", "entities": [{"start": 0, "score": "b"}]}"#,
            "field entities[0].score: expected a number, found another type"
        ),
        (#"{"entities": []}"#, "field name: missing; add it"),
        ("[]", #"not an object; a line is a record, {"name": value, …}"#),
        ("null", #"not an object; a line is a record, {"name": value, …}"#),
    ])
    func whatCannotBeDecodedIsSaidInTheWordsOfTheFile(json: String, problem: String) {
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(Record.self, from: Data(json.utf8)) }
        #expect(error?.problem(rule: "a line is a record") == problem)
    }

    @Test func aValueThatIsNoneOfItsKindNamesItsField() throws {
        let json = #"{"name": "a", "entities": [], "kind": "huge"}"#
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(Record.self, from: Data(json.utf8)) }
        let problem = try #require(error?.problem(rule: "a line is a record"))
        #expect(problem.hasPrefix("field kind: ") && problem.contains("huge"))
    }

    @Test(arguments: ["{", "", #"{"name": }"#])
    func whatIsNoJSONSaysTheRule(json: String) throws {
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(Record.self, from: Data(json.utf8)) }
        let problem = try #require(error?.problem(rule: "a line is a record"))
        #expect(problem.hasPrefix("not valid JSON (") && problem.hasSuffix("); a line is a record"))
    }

    @Test func errorsOfFilesAreSaidInTheSystemsWords() {
        let absent = URL(filePath: "/nowhere/file")
        let error = #expect(throws: (any Error).self) { try Data(contentsOf: absent) }
        #expect(error.map { reason(of: $0) } == "no such file or directory")
        let own = #expect(throws: FileError.self) { try AtomicFile(writingThrough: absent) }
        #expect(own.map { reason(of: $0) } == "no such file or directory")
        #expect(systemMessage(EACCES) == "permission denied")
    }
}
