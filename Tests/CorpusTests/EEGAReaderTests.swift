import Corpus
import Foundation
import Support
import TestSupport
import Testing

@Suite("EEGAReader")
struct EEGAReaderTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ text: String) throws -> EEGAReader {
        try EEGAReader(try scratch.write(text, to: "posts.json"))
    }

    private func member(_ position: String, _ type: String = "per", name: String = "a") -> String {
        #"{"name": "\#(name)", "pos": \#(position), "tags": "\#(type)"}"#
    }

    private func pair(_ head: String, _ tail: String, _ relation: String = "peer") -> String {
        #"{"beg_ent": \#(head), "sec_ent": \#(tail), "relation": "\#(relation)"}"#
    }

    private func post(_ labels: String, tokens: String = #"["a", "a", "a", "a"]"#) -> String {
        #"{"token": \#(tokens), "img_id": "1.jpg", "label_list": \#(labels)}"#
    }

    @Test("merges the lists of pairs: distinct entities by their start, relations in their direction")
    func posts() throws {
        let (first, second, third) = (member("[0, 1]"), member("[1, 2]", "org"), member("[2, 3]", "loc"))
        let lists = "[[\(pair(third, first, "in")), \(pair(first, second, "of"))], [], [\(pair(second, third, "at"))]]"
        let reader = try reader("\u{FEFF}[\(post(lists)),\n\n \(post("[]"))\n]\n")
        #expect(
            try reader.posts() == [
                Post(
                    id: "post-0", content: .tokens(["a", "a", "a", "a"]), image: "images/1.jpg",
                    entities: [
                        Entity(start: 0, end: 1, type: "per"), Entity(start: 1, end: 2, type: "org"),
                        Entity(start: 2, end: 3, type: "loc"),
                    ],
                    relations: [
                        Relation(head: 2, tail: 0, type: "in"), Relation(head: 0, tail: 1, type: "of"),
                        Relation(head: 1, tail: 2, type: "at"),
                    ]),
                Post(id: "post-1", content: .tokens(["a", "a", "a", "a"]), image: "images/1.jpg"),
            ])
        #expect(reader.findings.counts.isEmpty && reader.location.line == 3)
        #expect(try self.reader(" [ ] ").posts().isEmpty)
    }

    @Test("takes what is odd, and counts it: repeated relations, other names, overlaps, several types and relations")
    func findings() throws {
        let (long, short) = (member("[0, 2]", name: "a  a"), member("[1, 2]"))
        let pairs = [
            pair(long, short), pair(long, short), pair(short, long), pair(long, short, "couple"),
            pair(member("[1, 2]", "org"), short), pair(short, short),
        ]
        let reader = try reader("[\(post("[[\(pairs.joined(separator: ", "))]]"))]")
        let post = try #require(try reader.posts().first)
        #expect(post.entities.map(\.type) == ["per", "org", "per"] && post.relations.count == 5)
        #expect(
            reader.findings.counts == [
                .repeatedRelation: 1, .differingName: 4, .overlappingEntities: 1, .selfRelation: 1, .severalTypes: 1,
            ])
    }

    @Test(
        "says which field of which post is wrong, and reads on",
        arguments: [
            ("{}", "field token: missing"), ("3", "not an object; write each post as an object"),
            (#"{"token": ["a"], "label_list": []}"#, "field img_id: missing"),
            (#"{"token": ["a"], "img_id": "", "label_list": []}"#, "field img_id: empty; name it"),
            (#"{"token": "a", "img_id": "1", "label_list": []}"#, "field token: expected a list"),
            (#"{"token": ["a"], "img_id": "1", "label_list": [{}]}"#, "field label_list[0]: expected a list"),
            (#"{"token": ["a"], "img_id": "1", "label_list": [[], [{}]]}"#, "field label_list[1][0].beg_ent: missing"),
            ("{'token': []}", "not valid JSON"), ("", "not valid JSON"), ("{} {}", "not valid JSON"),
            ("[}", "not valid JSON"), ("}", "not valid JSON"),
        ])
    func malformed(bad: String, problem: String) throws {
        try expectFailure(of: bad, problem: problem)
    }

    @Test(
        "refuses an entity that is not among the tokens",
        arguments: [
            ("[4, 5]", "beg_ent.pos: [4, 5] does not fit 4 tokens"), ("[-1, 1]", "beg_ent.pos: [-1, 1] does not"),
            ("[1, 1]", "[1, 1] does not fit"), ("[1]", "[1] does not fit"), ("[0, 1, 2]", "[0, 1, 2] does not fit"),
            ("[0, 1.5]", "field label_list[0][0].beg_ent.pos: not whole numbers"), ("[0, 1e300]", "not whole numbers"),
            ("null", "beg_ent.pos: expected a list, found null"), ("[true, 1]", "pos[0]: expected a number"),
            (#"["0", "1"]"#, "field label_list[0][0].beg_ent.pos[0]: expected a number, found another type"),
        ])
    func badPositions(position: String, problem: String) throws {
        try expectFailure(of: post("[[\(pair(member(position), member("[0, 1]")))]]"), problem: problem)
    }

    @Test("refuses entities and relations without a type")
    func emptyTypes() throws {
        let good = member("[0, 1]")
        try expectFailure(of: post("[[\(pair(good, member("[0, 1]", "")))]]"), problem: "sec_ent.tags: empty")
        try expectFailure(of: post("[[\(pair(good, good, ""))]]"), problem: "label_list[0][0].relation: empty")
    }

    private func expectFailure(of bad: String, problem: String) throws {
        let results = Array(try reader("[\(post("[]")),\n\(bad),\n\(post("[]"))]"))
        #expect(results.count == 3)
        guard case .failure(let error) = results[1] else { return #expect(Bool(false), "it was read") }
        #expect(error.description.contains("posts.json:2: posts[1]: "), "\(error)")
        #expect(error.description.contains(problem), "\(error)")
        #expect(try results[2].get().id == "post-2")
    }

    @Test(
        "says what is wrong with a file that is no array",
        arguments: [
            ("", 1, "not a JSON array"), ("{}", 1, "not a JSON array"), ("\n null", 2, "not a JSON array"),
            ("[", 1, "cut off"), ("[\n\n\"]", 3, "cut off"), ("[]\n]", 2, "something follows"), ("[],", 1, "something"),
        ])
    func noArray(text: String, line: Int, problem: String) throws {
        let results = Array(try reader(text))
        #expect(results.count == 1)
        let error = #expect(throws: CorpusError.self) { try results.first?.get() }
        #expect(error?.location?.line == line)
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("survives files cut off anywhere, deep ones, long lines and random bytes")
    func hostile() throws {
        let whole = "[" + post("[[\(pair(member("[0, 1]"), member("[1, 2]")))]]") + "]"
        for length in 0..<whole.count {
            let results = Array(try reader(String(whole.prefix(length))))
            #expect(results.count == 1)
            #expect(throws: CorpusError.self) { try results.first?.get() }
        }
        for opening in ["[", "{\"a\":", String(post("").dropLast())] {
            let deep = String(repeating: opening, count: 20_000)
            #expect(throws: CorpusError.self) { try reader("[" + deep).posts() }
        }
        let nested = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: CorpusError.self) { try reader(nested).posts() }
        let million = String(repeating: "é", count: 1 << 20)
        #expect(try reader("[\(post("[]", tokens: "[\"\(million)\"]"))]").posts().map(\.length) == [1])
        var generator = SplitMix64(state: 2)
        for _ in 0..<200 {
            var bytes = Array(whole.utf8)
            for _ in 0..<3 {
                let position = Int.random(in: bytes.indices, using: &generator)
                bytes[position] = .random(in: .min ... .max, using: &generator)
            }
            for result in try EEGAReader(try scratch.write(Data(bytes), to: "bytes.json")) {
                if case .success(let post) = result { #expect(post.length == 4) }
            }
        }
        #expect(throws: CorpusError.self) { try EEGAReader(scratch["absent.json"]) }
        #expect(throws: CorpusError.self) { try EEGAReader(scratch.url) }
    }
}
