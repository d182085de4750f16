import Corpus
import Foundation
import Support
import TestSupport
import Testing

@Suite("A fault of JSON")
struct JSONFaultTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test(
        "is said at which column and in which field JSON is broken",
        arguments: [
            (#"{"text": "\ud83d"}"#, #"column 11 in text: half of a surrogate pair is no character"#),
            (#"{"text": "\ud83d\u0041"}"#, #"column 11 in text: half of a surrogate pair"#),
            (#"{"text": "🐕\udc15"}"#, #"column 12 in text: half of a surrogate pair"#),
            ("{\"tokens\": [\"a\", \"b\tc\"]}", #"column 20 in tokens[1]: a raw tab in a string; write \t"#),
            ("{\"text\": \"a\u{1}\"}", #"column 12 in text: a raw control character in a string; write \u0001"#),
            (#"{"text": "a"} {"text": "b"}"#, "column 15: something follows the value; remove it; write one object"),
            (#"{"text": "a""#, "column 13: it ends before a comma or }; it is cut off"),
            (#"{"text": "a"#, "column 10 in text: the string that begins here has no end"),
            (#"{"text": "a\"#, "column 10 in text: the string that begins here has no end"),
            (#"{"text": "\q"}"#, #"column 11 in text: not an escape; write \n"#),
            (#"{"text": "\u00g0"}"#, "column 11 in text: this escape needs 4 hexadecimal digits"),
            (#"{"text": }"#, "column 10 in text: expected a value"), (#"{"text" "a"}"#, "column 9: expected a colon"),
            (#"{"text": "a",}"#, "column 14: expected a key in double quotation marks"),
            (#"{text: "a"}"#, "column 2: expected a key in double quotation marks"),
            (#"{'text': "a"}"#, "column 2: expected a key"), (#"{"text": 'a'}"#, "column 10 in text: strings stand in"),
            (#"{"a": [1, 2}"#, "column 12 in a: expected a comma or ]"),
            (#"{"a": NaN}"#, "column 7 in a: \"NaN\" is not JSON"),
            (#"{"a": 01}"#, "column 7 in a: not a decimal number"), (#"{"a": 1.}"#, "column 7 in a: not a decimal"),
            (#"{"a": -}"#, "column 7 in a: not a decimal"), (#"{"a": 1e}"#, "column 7 in a: not a decimal"),
            (#"{"a": .5}"#, "column 7 in a: expected a value"), ("[1,]", "column 4 in [1]: expected a value"),
            (#"{"a": {"b": 1, "b": 2}}"#, "column 16 in a.b: the key is there twice; keep one"),
            (#"{"text": "a", "text": "b"}"#, "column 15 in text: the key is there twice; keep one"),
        ])
    func faults(line: String, problem: String) throws {
        let results = Array(try JSONLinesReader(try scratch.write("{\"text\": \"a\"}\n\(line)\n", to: "posts.jsonl")))
        let error = #expect(throws: CorpusError.self) { try results[1].get() }
        #expect(
            error?.description.contains("posts.jsonl:2: not valid JSON: \(problem)") == true,
            "\(error?.description ?? "")")
    }

    @Test("is named with the line within an element of an array", arguments: ["\n", "\r\n", "\r"])
    func arrays(lineEnd: String) throws {
        let array = "[{\"token\": [], \"img_id\": \"1\",\(lineEnd)  \"label_list\": [1, \u{A0}]}, {\"token\": 01}]"
        let results = Array(try EEGAReader(try scratch.write(array, to: "posts.json")))
        let errors = results.map { result in #expect(throws: CorpusError.self) { try result.get() }?.description ?? "" }
        #expect(errors.count == 2)
        #expect(
            errors[0].contains("posts.json:2: posts[0]: not valid JSON: column 21 in label_list[1]: expected a value"))
        #expect(
            errors[1].contains("posts.json:2: posts[1]: not valid JSON: column 37 in token: not a decimal"), "\(errors)"
        )
    }

    @Test(
        "is none where all is JSON",
        arguments: [
            "0", "-0.5e+10", "1E400", "null", " [ ] ", "{ }\t\r\n", #""\"\\\/\b\f\n\r\t\u00e9\ud83d\udc15""#,
            #"{"":{"a":[[],{}]},"b":true}"#, "\"\u{2028}\u{7F}\"", #"[{"a":1},{"a":1}]"#,
        ])
    func valid(text: String) throws {
        #expect(throws: Never.self) { try JSONSyntax.check(Array(text.utf8)) }
    }

    @Test("is a depth of values in each other")
    func depth() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONSyntax.check(nested(500)) }
        let fault = #expect(throws: JSONSyntax.Fault.self) { try JSONSyntax.check(nested(100_000)) }
        #expect(fault?.problem.contains("nested more than 512 deep") == true)
    }
}
