import Corpus
import Foundation
import TestSupport
import Testing

@Suite("JSONLinesReader")
struct JSONLinesReaderTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ text: String) throws -> JSONLinesReader {
        try JSONLinesReader(try scratch.write(text, to: "posts.jsonl"))
    }

    @Test("reads tokens and text, with and without optional fields")
    func formats() throws {
        let posts = try reader(
            """
            {"id": "a", "tokens": ["Rocky", "barks"], "image": "images/1.jpg", "context": "a dog", \
            "entities": [{"start": 0, "end": 1, "type": "MISC"}], "relations": []}
            {"text": "Rocky 🐕", "image": null, "context": null, "entities": [{"start": 6, "end": 7, "type": "MISC"}]}

            {"id": "c", "tokens": ["a", "b"], "entities": [{"start": 0, "end": 1, "type": "PER"}, \
            {"start": 1, "end": 2, "type": "ORG"}], "relations": [{"head": 0, "tail": 1, "type": "member_of"}]}
            """
        ).posts()
        #expect(
            posts == [
                Post(
                    id: "a", content: .tokens(["Rocky", "barks"]), image: "images/1.jpg", context: "a dog",
                    entities: [Entity(start: 0, end: 1, type: "MISC")]),
                Post(id: "2", content: .text("Rocky 🐕"), entities: [Entity(start: 6, end: 7, type: "MISC")]),
                Post(
                    id: "c", content: .tokens(["a", "b"]),
                    entities: [Entity(start: 0, end: 1, type: "PER"), Entity(start: 1, end: 2, type: "ORG")],
                    relations: [Relation(head: 0, tail: 1, type: "member_of")]),
            ])
    }

    @Test(
        "says which field of which line is wrong",
        arguments: [
            ("{}", "field tokens: missing"),
            (
                #"{"tokens": ["a"], "text": "a", "entities": [{"start": 0, "end": 1, "type": "X"}]}"#,
                "field text: is given beside \"tokens\""
            ),
            (#"{"tokens": "a"}"#, "field tokens: expected a list"),
            (#"{"tokens": ["a", 1]}"#, "field tokens[1]: expected a string"),
            (#"{"tokens": [null]}"#, "field tokens[0]: expected a string, found null"),
            (#"{"id": 7.5, "text": "a"}"#, "field id: expected a string, or a whole number"),
            (#"{"id": true, "text": "a"}"#, "field id: expected a string, or a whole number"),
            (#"{"text": "a", "image": {}}"#, "field image: expected a string"),
            (#"{"text": "a", "entities": {}}"#, "field entities: expected a list"),
            (#"{"text": "a", "entities": [3]}"#, "field entities[0]: expected an object"),
            (#"{"text": "a", "entities": [{"start": 0, "end": 1}]}"#, "field entities[0].type: missing"),
            (
                #"{"text": "a", "entities": [{"start": "0", "end": 1, "type": "X"}]}"#,
                "field entities[0].start: expected"
            ),
            (
                #"{"text": "a", "entities": [{"start": true, "end": 1, "type": "X"}]}"#,
                "field entities[0].start: expected"
            ),
            (
                #"{"text": "a", "entities": [{"start": 0, "end": 2, "type": "X"}]}"#,
                "field entities[0]: start 0 and end 2"
            ),
            (#"{"text": "a", "entities": [{"start": 0, "end": 1, "type": ""}]}"#, "field entities[0].type: the type"),
            (#"{"text": "a", "relations": [{"head": 0, "tail": 0, "type": "X"}]}"#, "field relations[0]: head 0"),
            ("[1]", "not an object"), ("3", "not an object"), ("null", "not an object"), ("{", "not valid JSON"),
            (#"{"text": "a"} {"text": "b"}"#, "not valid JSON"), ("nonsense", "not valid JSON"),
        ])
    func malformed(line: String, problem: String) throws {
        let reader = try reader("{\"text\": \"good\"}\n\(line)\n{\"text\": \"good too\"}\n")
        let results = Array(reader)
        #expect(results.count == 3)
        guard case .failure(let error) = results[1] else { return #expect(Bool(false), "it was read") }
        #expect(error.location?.line == 2)
        #expect(error.description.contains("posts.jsonl:2: \(problem)"), "\(error)")
        #expect(try results[2].get().content == .text("good too"))
    }

    @Test(
        "reads the same with CR LF or CR, a byte order mark, blanks behind posts, blank lines and raw line separators")
    func variations() throws {
        let text = "{\"text\": \"a\u{2028}\u{85}\u{2029}b\"}\n{\"text\": \"c\"}\n"
        let expected: [Post.Content] = [.text("a\u{2028}\u{85}\u{2029}b"), .text("c")]
        for variation in [
            text, text.replacingOccurrences(of: "\n", with: "\r\n"), text.replacingOccurrences(of: "\n", with: "\r"),
            "\u{FEFF}" + text, text.replacingOccurrences(of: "\n", with: " \t\u{A0}\n\u{3000}\n"),
            String(text.dropLast()),
        ] {
            #expect(try reader(variation).posts().map(\.content) == expected)
        }
    }

    @Test("refuses a number that is not whole or too large", arguments: ["0.5", "1e30", "99999999999999999999"])
    func numbers(start: String) throws {
        let reader = try reader(#"{"text": "a", "entities": [{"start": \#(start), "end": 1, "type": "X"}]}"#)
        #expect(throws: CorpusError.self) { try reader.posts() }
    }

    @Test("counts what is odd: unknown fields, blank lines, empty posts, blank tokens, overlaps")
    func findings() throws {
        let reader = try reader(
            """
            {"text": "", "entites": []}

            {"tokens": []}
            {"tokens": ["a", "\u{A0}", ""]}
            {"tokens": ["a"], "entities": [{"start": 0, "end": 1, "type": "X"}, {"start": 0, "end": 1, "type": "Y"}]}
            """)
        #expect(try reader.posts().count == 4)
        #expect(
            reader.findings.counts == [
                .unknownField: 1, .blankLine: 1, .emptyPost: 2, .blankToken: 1, .overlappingEntities: 1,
            ])
        #expect(reader.findings.examples(of: .unknownField).first?.detail.contains("entites") == true)
        #expect(reader.findings.examples(of: .blankToken).first?.location?.line == 4)
    }
}
