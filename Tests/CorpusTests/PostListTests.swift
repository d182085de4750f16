import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Lists of posts")
struct PostListTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(
        _ text: String, _ format: PostListFormat = .csv, columns: PostColumns = PostColumns()
    ) throws -> any PostReader {
        try format.reader(of: LineReader(scratch.write(text, to: "posts")), columns: columns)
    }

    private func posts(
        _ text: String, _ format: PostListFormat = .csv, columns: PostColumns = PostColumns()
    ) throws -> [Post] { try reader(text, format, columns: columns).posts() }

    private func texts(_ text: String, _ format: PostListFormat = .csv) throws -> [String] {
        try posts(text, format).map { post in
            guard case .text(let text) = post.content else { return "tokens" }
            return text
        }
    }

    /// The posts' ids, and the lines and problems of what is none.
    private func outcomes(_ reader: any PostReader) -> [String] {
        var reader = reader
        var outcomes: [String] = []
        while let result = reader.next() {
            switch result {
            case .success(let post): outcomes.append(post.id)
            case .failure(let error): outcomes.append("\(reader.location.line): \(error.problem)")
            }
        }
        return outcomes
    }

    @Test(
        "Fields of RFC 4180: quotes, doubled quotes, separators and line ends in quotes, and the ends of files",
        arguments: [
            ("text\na\nb", ["a", "b"]), ("text\r\na\r\nb\r\n", ["a", "b"]), ("\u{FEFF}text\na", ["a"]),
            ("\u{FEFF}\"text\"\na", ["a"]), ("text\n\"a, b\"", ["a, b"]),
            ("text\n\"she said \"\"a\"\"\"", ["she said \"a\""]),
            ("text\n\"\"\"\"", ["\""]), ("text\n\"a\nb\"\nc", ["a\nb", "c"]), ("text\n\"a\r\nb\"\r\nc", ["a\nb", "c"]),
            ("text\n\"a\n\n\"\nc", ["a\n\n", "c"]), ("text\n5\" disk", ["5\" disk"]), ("text\n", []), ("text", []),
            ("id,text\n1,a\n2,\n3,c", ["a", "", "c"]), ("text,id\n\" a\",1\n b,2", [" a", " b"]),
            ("Text\na", ["a"]), (" text ,id\na,1", ["a"]), ("text\n👩‍👧 é", ["👩‍👧 é"]),
        ])
    func fields(content: String, expected: [String]) throws {
        #expect(try texts(content) == expected)
    }

    @Test("Semicolons and tabs separate where the header has them, and tabs always in .tsv")
    func separators() throws {
        #expect(try texts("id;text\n1;a, b\n2;\"c; d\"") == ["a, b", "c; d"])
        #expect(try texts("id\ttext\n1\ta, b; c") == ["a, b; c"])
        #expect(try texts("\"id;x\",text\n1,a;b") == ["a;b"], "those in quotation marks separate nothing")
        #expect(try texts("text\na, b; c", .tsv) == ["a, b; c"])
        #expect(try texts("text\tid\n\"a\tb\"\t1", .tsv) == ["a\tb"])
        let names = ["a.csv", "a.CSV.gz", "a.tsv", "a.txt", "a.jsonl", "a.json", "-", "a"]
        let formats = names.map { PostListFormat(of: URL(filePath: $0)) }
        #expect(formats == [.csv, .csv, .tsv, .text, .jsonLines, .jsonLines, .jsonLines, .jsonLines])
    }

    @Test("Ids, pictures and contexts have columns; a post without an id has the number of its row")
    func columns() throws {
        let content = "id,text,image,context\nx,a,1.jpg,a dog\n,b,,\n\n7,\"c\nd\", 2.jpg , \n,e,,"
        let expected = [
            Post(id: "x", content: .text("a"), image: "1.jpg", context: "a dog"), Post(id: "2", content: .text("b")),
            Post(id: "7", content: .text("c\nd"), image: "2.jpg"), Post(id: "4", content: .text("e")),
        ]
        let list = try reader(content)
        #expect(try list.posts() == expected)
        #expect(list.findings.count(of: .blankLine) == 1)
        let empty = try reader("id,text\n,\n,b")
        #expect(try empty.posts().map(\.id) == ["1", "2"], "a row of empty fields is a post without words")
        #expect(empty.findings.count(of: .emptyPost) == 1)
        let named = PostColumns(text: "tweet", image: "file", context: "alt")
        let other = try posts("alt,file,tweet,text\na dog,1.jpg,a,not this", columns: named)
        #expect(other == [Post(id: "1", content: .text("a"), image: "1.jpg", context: "a dog")])
    }

    @Test("A column that is not there is an error that names those that are, and the nearest")
    func missingColumns() throws {
        func problem(_ content: String, _ columns: PostColumns = PostColumns()) -> String {
            do { return try "\(posts(content, columns: columns))" } catch { return "\(error)" }
        }
        let message = problem("id,tweets\n1,a", PostColumns(text: "tweet"))
        let expected =
            ":1: no column \"tweet\"; name that of the text with --text-column; the columns are \"id\", \"tweets\"; "
            + "did you mean \"tweets\"?"
        #expect(message.hasSuffix(expected), "\(message)")
        #expect(problem("id,body\n1,a").contains("the columns are \"id\", \"body\""))
        #expect(problem("text\na", PostColumns(image: "photo")).contains("no column \"photo\""))
        #expect(problem("text\na", PostColumns(context: "alt")).contains("--context-column"))
        #expect(problem("").contains("no header"))
        let many = (1...30).map { "c\($0)" }.joined(separator: ",")
        #expect(problem(many).contains("\"c20\" and 10 more"))
    }

    @Test("A bad row names its line and does not stop the others")
    func badRows() throws {
        let content = "id,text\n1,a\n2\n3,c,d\n4,\"e\nf\"\n5,g\n"
        #expect(
            try outcomes(reader(content)) == [
                "1",
                "3: 1 fields, but the header has 2; put a text that has separators or line ends in quotation marks",
                "4: 3 fields, but the header has 2; put a text that has separators or line ends in quotation marks",
                "4", "5",
            ])
        let invalid = Data("text\na\n".utf8) + [0xFF, 0x0A] + Data("b\n".utf8)
        let list = try PostListFormat.csv.reader(
            of: LineReader(scratch.write(invalid, to: "posts")), columns: PostColumns())
        #expect(outcomes(list) == ["1", "3: not valid UTF-8; save the file as UTF-8", "3"])
    }

    @Test("A quotation mark that is never closed costs its own row, however much follows")
    func openQuote() throws {
        let rows = (0..<40_000).map { "r\($0), \(String(repeating: "x", count: 30))" }.joined(separator: "\n")
        let found = try outcomes(reader("id,text\na,\"open\n" + rows))
        #expect(found.count == 40_001)
        #expect(found[0] == "2: a quotation mark is not closed; close it, or double it")
        #expect(found[1] == "r0" && found[40_000] == "r39999")
        let last = try outcomes(reader("id,text\na,b\nc,\"open"))
        #expect(last == ["a", "3: a quotation mark is not closed; close it, or double it"])
    }

    @Test("A line of text is a post; blank lines are skipped but numbered")
    func lines() throws {
        let list = try reader("\u{FEFF}Anna, \"here\"\r\n\r\n \t\r\n{\"text\": 1}", .text)
        #expect(
            try list.posts() == [
                Post(id: "1", content: .text("Anna, \"here\"")), Post(id: "4", content: .text("{\"text\": 1}")),
            ])
        #expect(list.findings.count(of: .blankLine) == 2)
        let invalid = try LineReader(scratch.write(Data([0x61, 0x0A, 0xC3, 0x28, 0x0A, 0x62]), to: "posts"))
        let found = try outcomes(PostListFormat.text.reader(of: invalid, columns: PostColumns()))
        #expect(found == ["1", "2: not valid UTF-8; save the file as UTF-8", "3"])
    }

    @Test("Fields of JSON lines have other names too; one that a line lacks is named with those that it has")
    func jsonLines() throws {
        let columns = PostColumns(text: "full_text", image: "media", context: "alt")
        let line = #"{"id": 3, "full_text": "a", "text": "a…", "tokens": ["b"], "media": "1.jpg", "alt": "a dog"}"#
        let list = try reader(line, .jsonLines, columns: columns)
        #expect(try list.posts() == [Post(id: "3", content: .text("a"), image: "1.jpg", context: "a dog")])
        #expect(list.findings.count(of: .unknownField) == 0)
        let found = try outcomes(reader(#"{"fulltext": "a"}"#, .jsonLines, columns: columns))
        #expect(
            found == [
                "1: field full_text: missing; the fields are \"fulltext\"; did you mean \"fulltext\"?"
            ])
    }

    @Test("A file that is compressed, or is no text at all, is told as it is everywhere")
    func packed() throws {
        let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACAytJrSjhSuQCAEQfKWEHAAAA"))
        let foreign = try LineReader(scratch.write(Data([0x50, 0x4B, 0x03, 0x04, 0x0A]), to: "posts"))
        #expect(throws: CorpusError.self) {
            _ = try PostListFormat.csv.reader(of: foreign, columns: PostColumns())
        }
        let lines = try LineReader(scratch.write(packed, to: "posts.csv.gz"))
        let list = try PostListFormat.csv.reader(of: lines, columns: PostColumns())
        #expect(try list.posts() == [Post(id: "1", content: .text("a"))])
    }
}
