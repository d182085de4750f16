import Corpus
import Foundation
import Support
import TestSupport
import Testing

@Suite("MNREReader")
struct MNREReaderTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ text: String) throws -> MNREReader {
        try MNREReader(try scratch.write(text, to: "pairs.txt"))
    }

    private func line(_ changes: [String: String] = [:]) -> String {
        let fields = [
            "token": #"['UN', "isn't", 'in', 'Libya']"#, "h": "{'name': 'UN', 'pos': [0, 1]}",
            "t": "{'name': 'Libya', 'pos': [3, 4]}", "img_id": "'1.jpg'", "relation": "'None'",
        ].merging(changes) { $1 }
        return "{" + fields.sorted { $0.key < $1.key }.map { "'\($0)': \($1)" }.joined(separator: ", ") + "}"
    }

    @Test("makes a post of each line: the head, the tail, and their relation")
    func posts() throws {
        let pair = line(["h": "{'name': 'Libya', 'pos': (3, 4)}", "relation": "'/a/b'"])
        let reader = try reader(line() + "\r\n\n" + pair)
        let words = ["UN", "isn't", "in", "Libya"]
        let (un, libya) = (Entity(start: 0, end: 1, type: "entity"), Entity(start: 3, end: 4, type: "entity"))
        #expect(
            try reader.posts() == [
                Post(
                    id: "line-1", content: .tokens(words), image: "images/1.jpg", entities: [un, libya],
                    relations: [Relation(head: 0, tail: 1, type: "None")]),
                Post(
                    id: "line-3", content: .tokens(words), image: "images/1.jpg", entities: [libya, libya],
                    relations: [Relation(head: 0, tail: 1, type: "/a/b")]),
            ])
        #expect(reader.findings.counts == [.blankLine: 1, .overlappingEntities: 1, .selfRelation: 1])
    }

    @Test("reads lines that end with CR, and other line ends within strings")
    func lineEnds() throws {
        let words = line(["token": "['UN', 'a\u{2028}b', '\u{85}', 'Libya']"])
        let posts = try reader(words + "\r" + words + " \u{A0}\r\n\u{A0}\r" + words).posts()
        #expect(posts.map(\.id) == ["line-1", "line-2", "line-4"])
        #expect(posts.allSatisfy { $0.content == .tokens(["UN", "a\u{2028}b", "\u{85}", "Libya"]) })
    }

    @Test("reads version 1, whose pairs without a relation are none in small letters")
    func firstVersion() throws {
        let reader = try reader([line(), line(["relation": "'none'"])].joined(separator: "\n"))
        #expect(
            try reader.posts().map(\.relations) == [
                [.init(head: 0, tail: 1, type: "None")], [.init(head: 0, tail: 1, type: "None")],
            ])
        #expect(reader.findings.counts == [.firstVersion: 1])
    }

    @Test(
        "says which field of which line is wrong, and reads on",
        arguments: [
            ("token", "'a'", "field token: expected a list of strings, found a string"),
            ("token", "['a', 1]", "field token: expected a list of strings, found a list"),
            ("h", "[]", "field h: expected a dictionary, found a list"),
            ("h", "{'pos': [0, 1]}", "field h.name: missing"), ("h", "{'name': 'UN'}", "field h.pos: missing"),
            ("h", "{'name': None, 'pos': [0, 1]}", "field h.name: expected a string, found None"),
            ("t", "{'name': 'a', 'pos': 1}", "field t.pos: expected two whole numbers, [start, end], found a whole"),
            ("t", "{'name': 'a', 'pos': [True, 1]}", "field t.pos: expected two whole numbers"),
            ("t", "{'name': 'a', 'pos': [1]}", "field t.pos: [1] does not fit 4 tokens; give [start, end], 0 <= start"),
            ("t", "{'name': 'a', 'pos': [1, 2, 3, 4]}", "field t.pos: [1, 2, 3] does not fit"),
            ("t", "{'name': 'a', 'pos': [4, 5]}", "field t.pos: [4, 5] does not fit 4 tokens"),
            ("t", "{'name': 'a', 'pos': [-1, 1]}", "field t.pos: [-1, 1] does not fit"),
            ("t", "{'name': 'a', 'pos': [2, 2]}", "field t.pos: [2, 2] does not fit"),
            ("t", "{'name': 'a', 'pos': [-9223372036854775808, 9223372036854775807]}", "does not fit 4 tokens"),
            ("img_id", "7", "field img_id: expected a string, found a whole number"), ("img_id", "''", "img_id: empty"),
            ("relation", "None", "field relation: expected a string, found None"),
            ("relation", "''", "field relation: empty; name it"), ("relation", "'a", "column"),
        ])
    func malformedField(name: String, value: String, problem: String) throws {
        try expectFailure(of: line([name: value]), problem: problem)
    }

    @Test(
        "refuses a line that is no dictionary",
        arguments: [
            ("[1]", "column 1: not a dictionary"), ("nonsense", "column 1: \"nonsense\" is not a literal"),
            ("{'token': ['a', 'b", "column 17: the string that begins here has no end"), ("{}", "field token: missing"),
            ("{'token': []} {}", "column 15: something follows"), (#"{"token": null}"#, "column 11: \"null\" is not"),
        ])
    func malformedLine(line: String, problem: String) throws {
        try expectFailure(of: line, problem: problem)
    }

    private func expectFailure(of bad: String, problem: String) throws {
        let reader = try reader("\(line())\n\(bad)\n\(line())\n")
        let results = Array(reader)
        #expect(results.count == 3)
        guard case .failure(let error) = results[1] else { return #expect(Bool(false), "it was read") }
        #expect(error.location?.line == 2)
        #expect(error.description.contains("pairs.txt:2: "), "\(error)")
        #expect(error.description.contains(problem), "\(error)")
        #expect(try results[2].get().id == "line-3")
    }

    @Test("counts what is odd: unknown fields, names that are not the words, empty posts")
    func findings() throws {
        let reader = try reader(line(["id": "1", "h": "{'name': 'U N', 'pos': [0, 1]}", "token": "['', '', '', '']"]))
        #expect(try reader.posts().count == 1)
        #expect(reader.findings.counts == [.unknownField: 1, .differingName: 2, .emptyPost: 1, .blankEntity: 2])
        #expect(reader.findings.examples(of: .differingName)[0].detail == #"field h: "U N" stands for """#)
    }

    @Test("survives lines cut off anywhere, long ones and random bytes")
    func hostile() throws {
        let whole = line()
        let cuts = (1..<whole.count).map { String(whole.prefix($0)) }
        let results = Array(try reader(cuts.joined(separator: "\n")))
        #expect(results.count == cuts.count)
        #expect(results.allSatisfy { if case .failure = $0 { true } else { false } })
        let million = String(repeating: "é", count: 1 << 20)
        let long = try reader(line(["token": "['\(million)', 'b', 'c', 'Libya']"]) + "\n'\(million)\n" + line())
        #expect(long.map { (try? $0.get())?.length } == [4, nil, 4])
        var generator = SplitMix64(state: 1)
        let letters = Array("{}[]()'\",: \\\nxuU0aé1.e-")
        let noise = (0..<200_000).map { _ in letters[Int.random(in: letters.indices, using: &generator)] }
        for result in try reader(String(noise)) {
            #expect(throws: CorpusError.self) { try result.get() }
        }
        let bytes = Data((0..<100_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        for result in try MNREReader(try scratch.write(bytes, to: "bytes.txt")) {
            #expect(throws: CorpusError.self) { try result.get() }
        }
        let invalid = Data("{'token': ['".utf8) + Data([0xFF]) + Data("']}".utf8)
        let error = #expect(throws: CorpusError.self) {
            try MNREReader(try scratch.write(invalid, to: "bytes.txt")).posts()
        }
        #expect(error?.description.contains("bytes.txt:1: not valid UTF-8") == true)
    }
}
