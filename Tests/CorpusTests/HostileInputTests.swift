import Corpus
import Foundation
import Support
import TestSupport
import Testing

/// Whatever the bytes, reading ends with posts or errors that name a line, and never stops the program.
@Suite("Hostile input")
struct HostileInputTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// Examines the bytes as every format there is; returns the number of posts that were read.
    @discardableResult
    private func examine(_ data: Data) throws -> Int {
        var posts = 0
        for name in ["posts.jsonl", "tweets.txt", "posts.json"] {
            let file = try scratch.write(data, to: name)
            let report = try DatasetDoctor.examine(file, contexts: file)
            #expect(report.validation.count < 100_000)
            #expect(!report.statistics.isEmpty)
            posts += report.splits.reduce(0) { $0 + $1.posts }
        }
        return posts
    }

    @Test("random bytes are no posts", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func randomBytes(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let bytes = (0..<100_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        #expect(try examine(Data(bytes)) == 0)
    }

    @Test("lines with a few bytes changed, lost or doubled never stop the program", arguments: [6, 7, 8] as [UInt64])
    func mutations(seed: UInt64) throws {
        let line = Array(
            #"{"id":"é","tokens":["a","🐕"],"entities":[{"start":0,"end":1,"type":"X"}],"relations":[]}"#.utf8)
        var generator = SplitMix64(state: seed)
        var bytes: [UInt8] = []
        for _ in 0..<2000 {
            var mutated = line
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let position = mutated.indices.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: mutated[position] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: mutated.remove(at: position)
                default: mutated.insert(mutated[position], at: position)
                }
            }
            bytes += mutated + [0x0A]
        }
        try examine(Data(bytes))
    }

    @Test(
        "empty and nearly empty files hold no posts",
        arguments: ["", "\n", "\n\n\n", "\r\n", "\u{FEFF}", "\u{FEFF}\n", " ", "\t", "\0", "\0\0\0\n\0"])
    func nearlyEmpty(text: String) throws {
        #expect(try examine(Data(text.utf8)) == 0)
    }

    @Test("deep nesting is an error, not an overflow", arguments: ["[", "{\"a\":", "{\"entities\":["])
    func deepNesting(opening: String) throws {
        #expect(try examine(Data(String(repeating: opening, count: 200_000).utf8)) == 0)
        let field = "{\"text\": \"a\", \"entities\": " + String(repeating: "[", count: 100_000)
        #expect(try examine(Data(field.utf8)) == 0)
    }

    @Test("invalid UTF-8 inside a string is an error of its line")
    func invalidUTF8() throws {
        let line = Data(#"{"text": ""#.utf8) + Data([0xC3, 0x28, 0xFF]) + Data(#""}"#.utf8)
        let file = try scratch.write(line + Data("\n{\"text\": \"good\"}\n".utf8), to: "posts.jsonl")
        let results = Array(try JSONLinesReader(file))
        #expect(results.count == 2)
        guard case .failure(let error) = results[0] else { return #expect(Bool(false), "it was read") }
        #expect(error.description.contains("posts.jsonl:1: not valid UTF-8"))
        #expect(try results[1].get().content == .text("good"))
    }

    @Test("NUL bytes are characters like others, where a string may hold them")
    func nulBytes() throws {
        let file = try scratch.write("IMGID:1\na\0b\tO\n\0\tB-X\n", to: "train.txt")
        #expect(try CoNLLReader(file).posts().map(\.content) == [.tokens(["a\0b", "\0"])])
        let escaped = try scratch.write(#"{"text": "a\u0000b"}"#, to: "posts.jsonl")
        #expect(try JSONLinesReader(escaped).posts().map(\.length) == [3])
    }

    @Test("posts of 10,000 words, emoji and right-to-left text are read whole")
    func largeAndForeign() throws {
        let words = (0..<10_000).map { ["w\($0)", "👨‍👩‍👧‍👦", "שלום", "مرحبا", "e\u{301}"][$0 % 5] }
        let entities = stride(from: 0, to: 10_000, by: 2).map { Entity(start: $0, end: $0 + 1, type: "X") }
        let post = Post(id: "1", content: .tokens(words), entities: entities)
        let file = scratch["test.jsonl"]
        try JSONLinesWriter.write([post], to: file)
        #expect(try JSONLinesReader(file).posts() == [post])
        let labels = LabelSet(posts: [post])
        let tags = try labels.tagIndices(for: entities, count: words.count)
        let lines = zip(words, tags).map { "\($0)\t\(labels.tags[$1])" }
        let conll = try scratch.write("IMGID:1\n" + lines.joined(separator: "\n"), to: "train.txt")
        let read = try #require(try CoNLLReader(conll).posts().first)
        #expect(read.content == post.content && read.entities == entities)
    }

    @Test("a long line within the limit is one post")
    func longLine() throws {
        let text = String(repeating: "🐕", count: 1_000_000)
        let file = try scratch.write("{\"text\": \"\(text)\"}", to: "posts.jsonl")
        #expect(try JSONLinesReader(file).posts().map(\.length) == [1_000_000])
    }

    @Test("a picture path may be anything without harm")
    func picturePaths() throws {
        let paths = [
            "", "/", "//", ".", "..", "../../etc/passwd", "a\\u0000b", "🐕", String(repeating: "x", count: 5000),
        ]
        let lines = paths.map { #"{"text": "a", "image": "\#($0)"}"# }
        let file = try scratch.write(lines.joined(separator: "\n"), to: "test.jsonl")
        let report = try DatasetDoctor.examine(file)
        #expect(report.splits[0].posts == paths.count && report.splits[0].pictures == paths.count - 1)
        #expect(try JSONLinesReader(file).posts()[0].image == nil)
        let posts = try Dataset.load(folder: file)[.test]
        let leading = ["", "..", "../../etc/passwd"]
        #expect(posts.map { $0.imageURL != nil } == paths.map { !leading.contains($0) })
    }
}
