import Corpus
import Foundation
import Testing

@Suite("PythonLiteral")
struct PythonLiteralTests {
    @Test("reads what Python's repr writes of random values")
    func oracle() throws {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/literals", withExtension: "json"))
        let oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: url))
        #expect(oracle.cases.count > 100)
        for example in oracle.cases {
            let literal = try PythonLiteral(example.literal)
            #expect(Oracle.Value(literal) == example.value, "\(example.literal)")
        }
    }

    @Test(
        "reads every kind of value",
        arguments: [
            (" None ", .none), ("True", .boolean(true)), ("False", .boolean(false)), ("-7", .integer(-7)),
            ("0", .integer(0)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("1.5", .float(1.5)), ("1e-05", .float(1e-5)), ("-0.0", .float(-0.0)), ("2e+16", .float(2e16)),
            ("''", .string("")), (#""it's""#, .string("it's")), (#"'a\'\"\\\n\r\t'"#, .string("a'\"\\\n\r\t")),
            (#"'\x41\u00e9\U0001f415'"#, .string("Aé🐕")), ("'# {'", .string("# {")),
            ("[]", .list([])), ("[1, 'a' ,]", .list([.integer(1), .string("a")])), ("()", .tuple([])),
            ("(1,)", .tuple([.integer(1)])), ("(1)", .integer(1)), ("(1, 2)", .tuple([.integer(1), .integer(2)])),
            ("{}", .dictionary([:])), ("{'a':{'b' : [None]},}", .dictionary(["a": .dictionary(["b": .list([.none])])])),
        ] as [(String, PythonLiteral)])
    func values(text: String, value: PythonLiteral) throws {
        #expect(try PythonLiteral(text) == value)
    }

    @Test(
        "says at which character something else stands",
        arguments: [
            ("", 1, "cut off"), ("   ", 4, "cut off"), ("[1, 2", 6, "cut off"), ("{'a'", 5, "cut off"),
            ("{'a':", 6, "cut off"), ("{", 2, "cut off"), ("['é🐕', 'b", 8, "no end"), (#"'a\"#, 4, "cut off"),
            ("[1 2]", 4, "expected a comma or ]"), ("[,]", 2, "expected a value"), ("{1: 2}", 2, "a key in quotation"),
            ("{'a' 1}", 6, "expected a colon"), ("{'a', 'b'}", 5, "expected a colon"), ("[1)", 3, "expected a comma"),
            ("{'a': 1, 'a': 2}", 10, "there twice"), ("1 2", 3, "something follows"), ("'a' 'b'", 5, "something"),
            ("nan", 1, "not a literal"), ("u'a'", 1, "not a literal"), ("__import__('os')", 1, "not a literal"),
            ("true", 1, "not a literal"), ("007", 1, "not a decimal"), ("1.", 1, "not a decimal"), ("-", 1, "not a"),
            ("1e", 1, "not a decimal"), ("0x10", 2, "something follows"), ("1_000", 2, "something follows"),
            ("+1", 1, "expected a value"), ("9223372036854775808", 1, "too large"), ("1e999", 1, "too large"),
            (#"'\q'"#, 2, "not an escape"), (#"'\x4'"#, 2, "2 hexadecimal"), (#"'\u00g0'"#, 2, "4 hexadecimal"),
            (#"'\ud83d'"#, 2, "no character"), (#"'\UFFFFFFFF'"#, 2, "no character"), ("\0", 1, "expected a value"),
        ])
    func malformed(text: String, column: Int, problem: String) {
        let error = #expect(throws: PythonLiteralError.self) { try PythonLiteral(text) }
        #expect(error?.column == column, "\(text)")
        #expect(error?.problem.contains(problem) == true, "\(text): \(error?.problem ?? "")")
    }

    @Test("reads brackets to a depth, and no deeper", arguments: ["[", "(", "{'a':"])
    func depth(opening: String) throws {
        let close = ["[": "]", "(": ",)", "{'a':": "}"][opening] ?? ""
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + "1" + String(repeating: close, count: depth)
        }
        _ = try PythonLiteral(nested(32))
        let error = #expect(throws: PythonLiteralError.self) { try PythonLiteral(nested(33)) }
        #expect(error?.problem.contains("more than 32 deep") == true)
        #expect(throws: PythonLiteralError.self) { try PythonLiteral(String(repeating: opening, count: 1_000_000)) }
    }
}

/// Values and their `repr`, see `Fixtures/make_literals.py`.
private struct Oracle: Decodable {
    var cases: [Case]

    struct Case: Decodable {
        var literal: String
        var value: Value
    }

    enum Value: Decodable, Equatable {
        case none
        case boolean(Bool)
        case integer(Int)
        case float(Double?)
        case string(String)
        case list([Value])
        case fields([String: Value])

        private enum CodingKeys: CodingKey { case float, fields }

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: CodingKeys.self) {
                if object.contains(.float) {
                    self = .float(Double(try object.decode(String.self, forKey: .float)))
                } else {
                    self = .fields(try object.decode([String: Value].self, forKey: .fields))
                }
                return
            }
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .none
            } else if let boolean = try? value.decode(Bool.self) {
                self = .boolean(boolean)
            } else if let integer = try? value.decode(Int.self) {
                self = .integer(integer)
            } else if let string = try? value.decode(String.self) {
                self = .string(string)
            } else {
                self = .list(try value.decode([Value].self))
            }
        }

        init(_ literal: PythonLiteral) {
            switch literal {
            case .none: self = .none
            case .boolean(let boolean): self = .boolean(boolean)
            case .integer(let integer): self = .integer(integer)
            case .float(let float): self = .float(float)
            case .string(let string): self = .string(string)
            case .list(let values), .tuple(let values): self = .list(values.map { Value($0) })
            case .dictionary(let fields): self = .fields(fields.mapValues { Value($0) })
            }
        }
    }
}
