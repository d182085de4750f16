import Corpus
import Foundation
import TestSupport
import Testing

/// The packed files were made with Python's `gzip.compress(text, 9, mtime=0)`.
@Suite("Files compressed with gzip")
struct GzipTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func packed(_ base64: String) throws -> Data { try #require(Data(base64Encoded: base64)) }

    /// `{"id": "1", "tokens": ["UN"], "entities": [{"start": 0, "end": 1, "type": "ORG"}]}`, and a line end.
    private static let first =
        "H4sIAAAAAAACA6tWykxRslJQMlTSUVAqyc9OzSsGcqOVQv2UYoEiqXklmSWZqWCxaqXiksSiEiDTACwD0mcI0lVZkAoywj/IXak2tpYLAHvu5hpT"
        + "AAAA"
    /// `{"id": "2", "text": "b"}`, and a line end.
    private static let second = "H4sIAAAAAAACA6tWykxRslJQMlLSUVAqSa0oAXGSlGq5ANmpBp0ZAAAA"
    /// `IMGID:1`, `UN`, a tab, `B-ORG`, and a blank line, with CR LF.
    private static let conll = "H4sIAAAAAAACA/P0dfd0sTLk5Qr143TS9Q9y5+Xi5QIAI/B05xUAAAA="
    /// `[{"token": ["UN"], "img_id": "1.jpg", "label_list": []}]`
    private static let array =
        "H4sIAAAAAAACA4uuVirJz07NU7JSiFYK9VOK1VFQysxNj89MAYooGeplFaQrAYVyEpNSc+JzMotLQApja2MB6yh8/DgAAAA="
    /// 1,000 times `a line of thirty characters....`, a line each.
    private static let thousand =
        "H4sIAAAAAAACA+3JwQmAMBAAsL9T3ATudJRKC6JQ++n2uofJNxlnv2rcR8zWx1xRWo4ss45n/2zpvffee++9995777333nvvvffee++9995777333n"
        + "vvvffee++9995777333nvvvffee++9995777333nvvvffee++9995777333nvvvf/Nv/r5eosAfQAA"

    @Test("are read like others, in a folder of splits, alone, and by what they begin with")
    func formats() throws {
        try scratch.write(try packed(Self.first) + packed(Self.second), to: "lines/train.jsonl.gz")
        let lines = try Dataset.load(folder: scratch["lines"])
        #expect(lines[.train].map(\.id) == ["1", "2"])
        #expect(lines[.train][0].entities == [Entity(start: 0, end: 1, type: "ORG")])
        let alone = try Dataset.load(folder: scratch["lines/train.jsonl.gz"])
        #expect(alone.name == "train" && alone[.train].count == 2)
        let unnamed = try scratch.write(try packed(Self.first), to: "posts.jsonl")
        #expect(try JSONLinesReader(unnamed).posts().map(\.id) == ["1"])
        try scratch.write(try packed(Self.conll), to: "conll/train.txt.gz")
        let conll = try Dataset.load(folder: scratch["conll"])
        #expect(conll[.train].map(\.content) == [.tokens(["UN"])] && conll[.train][0].id == "1")
        try scratch.write(try packed(Self.array), to: "array/test.json.gz")
        #expect(try Dataset.load(folder: scratch["array"])[.test].map(\.image) == ["images/1.jpg"])
        try scratch.write("{\"text\": \"a\"}\n", to: "lines/train.jsonl")
        let both = #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch["lines"]) }
        #expect(both?.description.contains("holds train.jsonl and train.jsonl.gz") == true)
    }

    @Test("are read in members that follow one another, with zeros between them, in pieces of any size")
    func members() throws {
        let count = 200
        var content = Data()
        for number in 0..<count { content += try packed(Self.thousand) + Data(count: number % 3) }
        let file = try scratch.write(content, to: "lines.gz")
        var lines = 0
        for line in try LineReader(file, longestLine: 64) {
            #expect(try line.get().text() == "a line of thirty characters....")
            lines += 1
        }
        #expect(lines == 1000 * count)

        let pipe = Pipe()
        let reader = LineReader(pipe.fileHandleForReading, name: "pipe")
        let bytes = try packed(Self.second)
        let writer = Thread {
            for byte in bytes { try? pipe.fileHandleForWriting.write(contentsOf: Data([byte])) }
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        #expect(try reader.map { try $0.get().text() } == [#"{"id": "2", "text": "b"}"#])
    }

    @Test("are named where they are cut off or damaged, behind the lines that could be read")
    func faults() throws {
        let whole = try packed(Self.first) + packed(Self.second)
        func last(_ bytes: Data) throws -> (count: Int, error: String) {
            let results = Array(try LineReader(try scratch.write(bytes, to: "posts.jsonl.gz")))
            let error = try #require(#expect(throws: CorpusError.self) { try results.last?.get() })
            return (results.count, error.description)
        }
        let cut = try last(whole.dropLast(20))
        #expect(
            cut.count == 2 && cut.error.hasSuffix("posts.jsonl.gz:2: its gzip data is cut off; fetch the file again"))
        #expect(try last(whole.prefix(2)).error.contains(".gz:1: its gzip data is cut off"))
        var damaged = whole
        damaged[damaged.count - 6] ^= 1
        let checked = try last(damaged)
        #expect(checked.count == 3 && checked.error.contains(".gz:3: its gzip data is damaged; fetch the file again"))
        #expect(try last(whole + Data("rest".utf8)).error.contains("damaged"))
        let array = try scratch.write(try packed(Self.array).dropLast(9), to: "posts.json.gz")
        let error = #expect(throws: CorpusError.self) { try EEGAReader(array) }
        #expect(error?.description.contains("posts.json.gz:1: its gzip data is cut off") == true)
        let large = try scratch.write(try packed(Self.thousand), to: "large.gz")
        let limit = #expect(throws: CorpusError.self) { try PackedBytes.all(of: large, limit: 1000) }
        #expect(limit?.description.contains("more than 1000 bytes once it is unpacked") == true)
        #expect(try PackedBytes.all(of: large).count == 32_000)
    }
}
