import Foundation
import Support
import TestSupport
import Testing

@Suite("Numbers of a range, and fields of a file")
struct RangeTests {
    @Test("A range says its numbers as people write them, and reads those alone")
    func ranges() {
        #expect((0.001...86_400).words == "0.001 to 86400" && (1...16).words == "1 to 16")
        #expect((0...UInt64.max).words == "0 to 18446744073709551615")
        #expect((0...0.5).rule == "a number from 0 to 0.5" && (-3...4).rule == "a whole number from -3 to 4")
        for text in ["0", "17", "", "1.5", "1e1", "99999999999999999999", " 3", "nan"] {
            #expect((1...16).number(in: text) == nil, "\(text)")
        }
        #expect((1...16).number(in: "16") == 16)
        for text in ["nan", "inf", "-0.1", "10.1", "1e400", "ten"] {
            #expect((0...10.0).number(in: text) == nil, "\(text)")
        }
        #expect((0...10.0).number(in: "1e1") == 10)
    }

    private enum Colour: String, CaseIterable {
        case red, green, blue
    }

    private struct File: Decodable {
        let count: Int
        let share: Double
        let colour: Colour

        private enum CodingKeys: String, CodingKey {
            case count = "the_count"
            case share
            case colour
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            count = try fields.whole(.count, in: 1...9)
            share = try fields.number(.share, in: 0...1, default: 0.5)
            colour = try fields.choice(.colour, default: .green)
        }
    }

    private func read(_ json: String) throws -> File {
        try JSONDecoder().decode(File.self, from: Data(json.utf8), rule: "an object")
    }

    @Test("What a file leaves out has its default")
    func defaults() throws {
        let bare = try read(#"{"the_count": 9, "share": null}"#)
        #expect(bare.count == 9 && bare.share == 0.5 && bare.colour == .green)
        let whole = try read(#"{"the_count": 1, "share": 1, "colour": "blue"}"#)
        #expect(whole.count == 1 && whole.share == 1 && whole.colour == .blue)
    }

    @Test(
        "A value that a field cannot have is said with the field and what it can have",
        arguments: [
            (#"{"the_count": 0}"#, "field the_count: is 0; it must be a whole number from 1 to 9"),
            (#"{"the_count": 1e30}"#, "field the_count: must be a whole number from 1 to 9"),
            (#"{"the_count": 1.5}"#, "field the_count: must be a whole number from 1 to 9"),
            (#"{"the_count": -9223372036854775809}"#, "field the_count: must be a whole number from 1 to 9"),
            (#"{"the_count": "1"}"#, "field the_count: expected a whole number, found another type"),
            (#"{"the_count": null}"#, "field the_count: expected a whole number, found null"),
            ("{}", "field the_count: missing; add it"),
            (#"{"the_count": 1, "share": 1e999}"#, "field share: must be a number from 0 to 1"),
            (#"{"the_count": 1, "share": -0.5}"#, "field share: is -0.5; it must be a number from 0 to 1"),
            (#"{"the_count": 1, "colour": "pink"}"#, #"field colour: is "pink"; it must be red, green or blue"#),
            (#"{"the_count": 1, "colour": 3}"#, "field colour: expected a string, found another type"),
        ])
    func refusals(json: String, message: String) throws {
        let error = #expect(throws: JSONProblem.self) { try read(json) }
        #expect(error?.description == message)
        #expect(message.foreignWords.isEmpty)
    }
}
