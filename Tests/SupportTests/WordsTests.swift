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
        #expect(Self.problem(of: json) == problem)
    }

    @Test func aValueThatIsNoneOfItsKindNamesItsField() throws {
        let json = #"{"name": "a", "entities": [], "kind": "huge"}"#
        #expect(Self.problem(of: json) == #"field kind: "huge" is none of the values that are known here"#)
    }

    @Test(arguments: [
        ("{", "line 1, column 2: it ends before a key in double quotation marks; it is cut off; a line is a record"),
        ("", "line 1, column 1: it ends before a value; it is cut off; a line is a record"),
        (#"{"name": }"#, "line 1, column 10 in name: expected a value"),
        ("{\r\n \"name\": \"a\tb\"}", #"line 2, column 12 in name: a raw tab in a string; write \t"#),
        ("{\n\"name\": \"\\ud83d\"}", "line 2, column 10 in name: half of a surrogate pair is no character"),
        (#"{"name": "a", "entities": []} {}"#, "line 1, column 31: something follows the value; remove it"),
        ("\u{FEFF}[1", "line 1, column 3: it ends before a comma or ]; it is cut off"),
    ])
    func whatIsNoJSONIsNamedByLineAndColumn(json: String, place: String) {
        #expect(Self.problem(of: json).hasPrefix("not valid JSON: \(place)"), "\(Self.problem(of: json))")
    }

    @Test(arguments: [
        ("1e30", "1", "entities[1].start: the number is not whole, or too large"),
        ("1000000000000000000000000000000", "0.5", "entities[1].start: the number is not whole, or too large"),
        ("1.5", "0.5", "entities[1].start: the number is not whole, or too large"),
        ("1", "1e999", "entities[1].score: the number is too large"),
    ])
    func aNumberThatItsFieldCannotHoldIsNamed(start: String, score: String, problem: String) {
        let json =
            #"{"name": "a", "entities": [{"start": 1, "score": 2.5}, {"start": \#(start), "score": \#(score)}, "#
            + #"{"start": 3, "score": 1e-3}]}"#
        #expect(Self.problem(of: json).hasPrefix("field \(problem)"), "\(Self.problem(of: json))")
    }

    @Test func bytesThatAreNotUTF8AreCalledSo() {
        let error = #expect(throws: JSONProblem.self) {
            try JSONDecoder().decode(
                Record.self, from: Data(#"{"name": ""#.utf8) + [0xFF] + Data(#"", "entities": []}"#.utf8),
                rule: "a line is a record")
        }
        #expect(error?.description == "not valid UTF-8; save the file as UTF-8")
    }

    private static func problem(of json: String) -> String {
        do {
            _ = try JSONDecoder().decode(Record.self, from: Data(json.utf8), rule: "a line is a record")
            return ""
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("a\u{1B}[31mb\r", "a [31mb "), ("a\n\tb\u{7F}\u{9B}c", "a\n\tb  c"),
        (
            "\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}|\u{2066}\u{2067}\u{2068}\u{2069}|\u{200E}\u{200F}\u{061C}",
            "     |    |   "
        ),
        ("\u{FEFF}a\u{AD}b\u{200B}\u{2060}\u{E0001}", " a b   "),
        ("नमस्\u{200D}ते می\u{200C}خواهم", "नमस्\u{200D}ते می\u{200C}خواهم"),
        (
            "👩‍🚀 ❤️ 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "👩‍🚀 ❤️ 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"
        ),
    ])
    func aTextForTheTerminalHasNoControlOrFormatCharacters(text: String, printable: String) {
        #expect(text.printable == printable)
        #expect(text.printable.unicodeScalars.count == text.unicodeScalars.count)
    }

    @Test func numbersFromOutsideAreBroughtIntoTheRange() {
        #expect(Int(clamping: Double.nan) == 0 && Int(clamping: Double.infinity) == .max)
        #expect(Int(clamping: -1e300) == .min && Int(clamping: 9.3e18) == .max && Int(clamping: -2.9) == -2)
        #expect(Int.max.addingClamped(1) == .max && Int.min.addingClamped(-1) == .min && 2.addingClamped(-3) == -1)
        #expect(Int.max.multiplyingClamped(by: 2) == .max && Int.max.multiplyingClamped(by: -2) == .min)
        #expect(Int.min.multiplyingClamped(by: -1) == .max && 3.multiplyingClamped(by: -2) == -6)
        #expect(
            Double.infinity.clockTime.hasSuffix(":07") && Double.nan.clockTime == "0:00"
                && 3723.0.clockTime == "1:02:03")
    }

    @Test func errorsOfFilesAreSaidInTheSystemsWords() {
        let absent = URL(filePath: "/nowhere/file")
        let error = #expect(throws: (any Error).self) { try Data(contentsOf: absent) }
        #expect(error.map { reason(of: $0) } == "no such file or directory")
        let own = #expect(throws: FileError.self) { try AtomicFile(writingThrough: absent) }
        #expect(own.map { reason(of: $0) } == "no such file or directory")
        #expect(systemMessage(EACCES) == "permission denied")
        let full = #expect(throws: FileError.self) {
            try AtomicFile(writingThrough: URL(filePath: "/dev/full")).append(Data("a".utf8))
        }
        #expect(full?.description == "/dev/full: no space left on device" && full?.isDiskFull == true)
        #expect(reason(of: CocoaError(.fileWriteOutOfSpace)) == "no space left on device")
        #expect(reason(of: CocoaError(.fileReadNoPermission)) == "permission denied")
        #expect(reason(of: CocoaError(.coderInvalidValue)) == "the system gives no reason")
    }
}
