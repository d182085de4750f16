import Contexts
import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Files of captions")
struct CaptionFileTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// Files that say the same in every format; the names are as people have them.
    private static let same: [(name: String, format: CaptionFormat, content: String)] = [
        (
            "a.jsonl", .jsonLines,
            #"{"image": "dir/1.jpg", "context": "a \"man\", standing"}"# + "\n\n"
                + #"{"image": "2.jpg", "context": "two : dogs"}"#
        ),
        (
            "b.jsonl", .jsonLines,
            #"{"header": {"generator": "x"}}"# + "\n" + #"{"image_id": "1.jpg", "caption": "a \"man\", standing"}"#
                + "\r\n" + #"{"image_id": "2.jpg", "caption": "two : dogs"}"#
        ),
        ("c.json", .json, #"{"1.jpg": "a \"man\", standing", "2.jpg": "two : dogs"}"#),
        ("d.json", .json, #"{"1.jpg": ["a \"man\", standing", "more"], "2.jpg": {"caption": "two : dogs"}}"#),
        (
            "e.json", .json,
            "[{\"file_name\": \"1.jpg\", \"text\": \"a \\\"man\\\", standing\"},\n{\"file_name\": \"2.jpg\", \"text\": \"two : dogs\"}]"
        ),
        ("f.csv", .csv, "image,caption\n1.jpg,\"a \"\"man\"\", standing\"\n2.jpg,two : dogs\n"),
        ("g.csv", .csv, "id,Caption,Image\r\n7,\"a \"\"man\"\", standing\",1.jpg\r\n8,two : dogs,2.jpg\r\n"),
        ("h.csv", .csv, "1.jpg,\"a \"\"man\"\", standing\"\n2.jpg,two : dogs"),
        ("i.txt", .csv, "filename,caption\n1.jpg,\"a \"\"man\"\", standing\"\n2.jpg,two : dogs\n"),
        ("j.txt", .names, "1.jpg :a \"man\", standing\n2.jpg :two : dogs\n"),
        ("k.txt", .names, "1.jpg#0\ta \"man\", standing\n2.jpg#0\ttwo : dogs\n"),
        (
            "l.txt", .python,
            "{'img_id': '1.jpg', 'caption': 'a \"man\", standing'}\n{'img_id': '2.jpg', 'caption': \"two : dogs\"}\n"
        ),
        ("m.txt", .python, "{'1.jpg': 'a \"man\", standing'}\n{'2.jpg': ['two : dogs']}\n"),
    ]

    @Test("Every format says the same, and is recognised", arguments: same.indices)
    func formats(_ index: Int) throws {
        let sample = Self.same[index]
        let file = try CaptionFile(try scratch.write(sample.content, to: sample.name))
        #expect(file.format == sample.format)
        let captions = try CaptionCollection(file)
        #expect(captions.all.map(\.image) == ["1.jpg", "2.jpg"])
        #expect(captions.all.map(\.text) == ["a \"man\", standing", "two : dogs"])
        #expect(captions.unreadable == 0 && captions.empty == 0)
    }

    @Test("Files that are compressed with gzip are read, and recognised below their extension")
    func packed() throws {
        for (name, format, base64) in [
            ("a.txt.gz", CaptionFormat.names, "H4sIAAAAAAACAzPUyypIV7BKVMhNzOMygnFS8tO5AKl9mRgaAAAA"),
            ("a.json.gz", .json, "H4sIAAAAAAACA6tWMtTLKkhXslJQSlTITcxT0lFQMkKIpOSnK9UCAAZRBvckAAAA"),
        ] {
            let url = try scratch.write(try #require(Data(base64Encoded: base64)), to: name)
            let file = try CaptionFile(url)
            #expect(file.format == format)
            #expect(try CaptionCollection(file).all.map(\.text) == ["a man", "a dog"])
        }
    }

    @Test("A quoted field may hold lines")
    func multiline() throws {
        let file = try CaptionFile(try scratch.write("image,caption\n1.jpg,\"a\nb\"\n2.jpg,c\n", to: "a.csv"))
        #expect(try CaptionCollection(file).all.map(\.text) == ["a\nb", "c"])
    }

    @Test("A picture is found by its name with or without extension; further and empty captions are counted")
    func lookup() throws {
        let file = try CaptionFile(
            try scratch.write("17_06_1 :first\n17_06_1 :second\n2.jpg :\n3.jpg :third\n", to: "a.txt"))
        let captions = try CaptionCollection(file)
        #expect(captions["17_06_1.jpg"]?.text == "first" && captions["3.jpg"]?.text == "third")
        #expect(captions["4.jpg"] == nil && captions.repeated == 1 && captions.empty == 1)
    }

    @Test("Lines that are no captions are counted and named by line, and spoil no other")
    func badLines() throws {
        let samples: [(name: String, content: String, lines: [Int])] = [
            (
                "a.jsonl",
                "{\"image\": \"1.jpg\", \"context\": \"a\"}\n{\n[]\n{\"image\": \"2.jpg\"}\n{\"image\": \"\", \"context\": \"a\"}\n{\"image\": \"3.jpg\", \"context\": \"b\"}",
                [2, 3, 4, 5]
            ),
            ("b.csv", "image,caption\n1.jpg,a\n2.jpg\n3.jpg,b\n4.jpg,\"open\n", [3, 5]),
            ("c.txt", "1.jpg :a\nnothing\n3.jpg :b\n", [2]),
            ("d.txt", "{'1.jpg': 'a'}\n{'2.jpg': __import__('os')}\n['x']\n{'3.jpg': 'b'}\n", [2, 3]),
        ]
        for sample in samples {
            let file = try CaptionFile(try scratch.write(sample.content, to: sample.name))
            var lines: [Int] = []
            let captions = try CaptionCollection(file) { lines.append($0.location?.line ?? 0) }
            #expect(lines == sample.lines && captions.unreadable == sample.lines.count, "\(sample.name)")
            #expect(captions.all.map(\.text) == ["a", "b"], "\(sample.name)")
        }
    }

    @Test(
        "A fault of JSON is named by line, column and field",
        arguments: [
            ("a.jsonl", "{\"image\": \"1\", \"context\": \"\\ud83d\"}", 1, "column 28 in context: half of a surrogate"),
            ("a.jsonl", "\n{\"image\": \"1\tb\"}", 2, "column 13 in image: a raw tab"),
            ("a.jsonl", "{\"image\": \"1\"} {}", 1, "column 16: something follows the value"),
            ("a.jsonl", "{\"image\": \"1\"", 1, "column 14: it ends before a comma or }"),
            ("a.jsonl", "[1]", 1, "not a JSON object"),
            ("a.json", "{\n \"1.jpg\": \"a\",\n \"2.jpg\": 'b'}", 3, "column 11 in 2.jpg: strings stand in"),
            (
                "a.json", "[{\"image\": \"1\", \"context\": \"a\"},\n {\"image\" 1}]", 2,
                "element 1: not valid JSON: column 11: expected a colon"
            ),
            ("a.json", "[{\"image\": \"1\", \"context\": \"a\"},\n\n {\"image\": \"2\"}]", 3, "element 1: no picture"),
            ("a.json", "[\n 1]", 2, "element 0: not an object"),
            ("a.json", "[{\"image\": \"1\", \"context\": \"a\"},\n {", 2, "element 1: the file ends within"),
            ("a.json", "1", 1, "not an object or a list of them"),
        ])
    func faults(name: String, content: String, line: Int, problem: String) throws {
        let url = try scratch.write(content, to: name)
        var errors: [CorpusError] = []
        let format: CaptionFormat = name.hasSuffix("l") ? .jsonLines : .json
        do {
            _ = try CaptionCollection(CaptionFile(url, format: format)) { errors.append($0) }
        } catch let error as CorpusError {
            errors.append(error)
        }
        let error = try #require(errors.first)
        #expect(error.description.contains("\(name):\(line): ") && error.description.contains(problem), "\(error)")
    }

    @Test("Hostile files end in an error or in counted lines, never in a crash")
    func hostile() throws {
        let deep = String(repeating: "[", count: 200_000)
        for (index, content) in [deep, "{\"a\":" + deep, "{'a': " + deep, "\"" + deep, "", "\u{0}\u{1}", "a,\"" + deep]
            .enumerated()
        {
            for format in CaptionFormat.allCases {
                let url = try scratch.write(content, to: "\(index).txt")
                let captions = try? CaptionCollection(CaptionFile(url, format: format))
                #expect(captions.map { $0.all.count <= 1 } ?? true)
            }
            _ = try? CaptionFormat(of: scratch["\(index).txt"])
        }
        let binary = try scratch.write(Data([0xFF, 0x20, 0x3A, 0x61, 0x0A]), to: "binary.txt")
        #expect(try CaptionCollection(CaptionFile(binary, format: .names)).unreadable == 1)
        #expect(throws: CorpusError.self) { try CaptionFile(scratch["absent.csv"]) }
    }
}
