import Corpus
import Foundation
import TestSupport
import Testing

@Suite("JSONLinesWriter")
struct JSONLinesWriterTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private let posts = (0..<3000).map { number in
        Post(
            id: "\(number)", content: .tokens(["new\nline", "tab\t", "🐕", "שלום", "\u{0}", "\u{2028}"]),
            image: "images/\(number).jpg", entities: [Entity(start: 2, end: 3, type: "MISC")])
    }

    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted()
    }

    @Test("writes what the reader reads, one post a line, the same bytes every time")
    func roundTrip() throws {
        let first = scratch["first.jsonl"]
        let second = scratch["second.jsonl"]
        try JSONLinesWriter.write(posts, to: first)
        try JSONLinesWriter.write(posts, to: second)
        #expect(try JSONLinesReader(first).posts() == posts)
        #expect(try Data(contentsOf: first) == Data(contentsOf: second))
        #expect(try String(contentsOf: first, encoding: .utf8).split(separator: "\n").count == posts.count)
        #expect(try contents() == ["first.jsonl", "second.jsonl"])
    }

    @Test("writes through a link, over all that was there")
    func links() throws {
        let file = try scratch.write(String(repeating: "old\n", count: 9999), to: "posts.jsonl")
        let link = scratch["link.jsonl"]
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        try JSONLinesWriter.write(posts.prefix(2), to: link)
        #expect(try JSONLinesReader(file).posts() == Array(posts.prefix(2)))
    }

    @Test("keeps what is there of a file under another name")
    func parts() throws {
        let file = try scratch.write("old\n", to: "posts.jsonl")
        let writer = try JSONLinesWriter<Post>(file)
        for post in posts.prefix(7) { try writer.write(post) }
        let part = try #require(try writer.keepPart())
        #expect(try JSONLinesReader(part).posts() == Array(posts.prefix(7)))
        #expect(try String(contentsOf: file, encoding: .utf8) == "old\n")
        #expect(try contents() == ["posts.jsonl", "posts.jsonl.part"])
    }

    @Test("leaves the old file until the new one is whole")
    func atomic() throws {
        let file = try scratch.write("old\n", to: "posts.jsonl")
        do {
            let writer = try JSONLinesWriter<Post>(file)
            for post in posts { try writer.write(post) }
            #expect(try String(contentsOf: file, encoding: .utf8) == "old\n")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == "old\n")
        #expect(try contents() == ["posts.jsonl"], "a dropped writer cleans up")
        try JSONLinesWriter.write(posts.prefix(1), to: file)
        #expect(try JSONLinesReader(file).posts() == [posts[0]])
    }

    @Test("says what cannot be written")
    func unwritable() throws {
        let missing = scratch["missing/posts.jsonl"]
        #expect(throws: CorpusError.self) { try JSONLinesWriter<Post>(missing) }
        try scratch.write("", to: "folder/posts.jsonl/file")
        #expect(throws: CorpusError.self) {
            try JSONLinesWriter.write(posts, to: scratch["folder/posts.jsonl"])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path + "/folder") == ["posts.jsonl"])
    }

    @Test(
        "reports a full disk", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
    func fullDisk() throws {
        let writer = try JSONLinesWriter<Post>(URL(filePath: "/dev/full"))
        let error = #expect(throws: CorpusError.self) {
            for post in posts { try writer.write(post) }
            try writer.finish()
        }
        #expect(error?.description.contains("no space left on device") == true)
    }
}
