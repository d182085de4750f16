import Corpus
import Foundation
import TestSupport
import Testing

/// No sentence of Foundation or of another library reaches the user.
@Suite("Messages")
struct MessageTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// Words of libraries, in lower case.
    private static let foreign = [
        "operation could", "couldn", "cocoa", "nserror", "domain=", "given data", "correct format", "error code",
        "invalid string value", "decodingerror", "codingkeys", "debug description", "swift.", "foundation.",
        "representable", "optional(", "unexpected character", "badly formed", "posixerror",
    ]

    private func expectOwnWords(_ text: String, _ source: String) {
        for words in Self.foreign { #expect(!text.lowercased().contains(words), "\(source): \(text)") }
    }

    private func failures(_ reader: some PostReader) -> String {
        reader.map { result in
            guard case .failure(let error) = result else { return "" }
            return "\(error)\n"
        }.joined() + reader.findings.notes.joined()
    }

    /// The messages of everything that can be asked of a path.
    private func examine(_ url: URL) {
        let questions: [() throws -> String] = [
            { try DatasetDoctor.examine(url).validation },
            { try Dataset.load(folder: url).findings.notes.joined() },
            { try failures(JSONLinesReader(url)) }, { try failures(CoNLLReader(url)) },
            { try failures(MNREReader(url)) }, { try failures(EEGAReader(url)) },
            { try ContextTable(examining: url).findings.notes.joined() },
            { try ContextTable(contentsOf: url).findings.notes.joined() },
            {
                _ = try PictureFolder(dataset: scratch.url, images: url)
                return ""
            },
            {
                _ = try JSONLinesWriter<Post>(url.appending(path: "posts.jsonl"))
                return ""
            },
            {
                _ = try Dataset(name: "", folder: url, splits: [:]).writeJSONLines(to: url.appending(path: "below"))
                return ""
            },
        ]
        for question in questions {
            do {
                expectOwnWords(try question(), url.lastPathComponent)
            } catch {
                #expect(error is CorpusError, "\(error)")
                expectOwnWords("\(error)", url.lastPathComponent)
            }
        }
    }

    @Test("are this library's own for every file that cannot be read")
    func files() throws {
        let manager = FileManager.default
        try manager.createDirectory(at: scratch["folder.jsonl"], withIntermediateDirectories: false)
        try manager.createDirectory(at: scratch["folder.json"], withIntermediateDirectories: false)
        for name in ["loop", "loop.txt", "loop.json"] {
            try manager.createSymbolicLink(atPath: scratch[name].path, withDestinationPath: name)
        }
        try manager.createSymbolicLink(atPath: scratch["dangling.jsonl"].path, withDestinationPath: "nowhere")
        try scratch.write("a", to: "file.csv")
        try scratch.write(Data([0x1F, 0x8B, 8, 0]), to: "packed.json")
        let paths = [
            "absent", "absent.json", "folder.jsonl", "folder.json", "loop", "loop.txt", "loop.json", "dangling.jsonl",
            "file.csv", "file.csv/below", "packed.json", String(repeating: "x", count: 300), "a\0b",
        ]
        for path in paths { examine(scratch[path]) }
    }

    @Test("are this library's own for every text that is malformed")
    func texts() throws {
        let lines = [
            "", "{", "[", "nonsense", "1e999", "[1e999]", #"{"text": "\ud83d"}"#, "{\"text\": \"a\tb\"}",
            #"{"text": 1e30}"#,
            #"{"text": "a"} {"text": "b"}"#, #"{"text": "a""#, #"{"id": 1e30, "text": "a"}"#, #"{"tokens": [1e999]}"#,
            #"{"text": "a", "entities": [{"start": 1e30, "end": 1, "type": "X"}]}"#,
            #"{"text": "a", "entities": [{"start": 0.5, "end": 99999999999999999999, "type": 1e999}]}"#,
            #"{"text": "a", "entities": [[1e30, 1, "X"]]}"#, #"{"text": "a", "relations": [{"head": 1e30}]}"#,
            #"{"text": "a", "relations": [{"from_id": 1e30, "to_id": 1e30, "type": "X"}]}"#,
            #"{"tokens": ["a"], "ner_tags": [1e30]}"#, #"{"tokens": ["a"], "label_list": [1e30]}"#,
            #"{"header": {"a": 1e999}}"#, #"{"header": {"a": []}}"#, #"{"image": 1e999}"#,
            #"{"image": "a", "context": 1e30}"#,
            #"[{"token": ["a"], "img_id": 1e999, "label_list": []}]"#,
            #"[{"token": ["a"], "img_id": "1", "label_list": [[{"beg_ent": {"name": "a", "pos": [1e999, 1]}}]]}]"#,
            "{'token': ['a'], 'h': 1e999}", "{'token': 99999999999999999999}", "word", "word\tS-X", "IMGID:",
            "a\u{85}b\tO",
            String(repeating: "[", count: 1000), "\0", "\u{FEFF}\u{FEFF}{}",
        ]
        for line in lines {
            for name in ["posts.jsonl", "posts.json", "posts.txt"] { examine(try scratch.write(line, to: name)) }
        }
        examine(try scratch.write(Data([0x7B, 0xFF, 0x7D]), to: "posts.jsonl"))
        examine(try scratch.write(Data([0x5B, 0xFF, 0x5D]), to: "posts.json"))
        examine(try scratch.write(Data([0xFF, 0xFE, 0x7B, 0]), to: "posts.txt"))
    }

    @Test("say the same of a loop of links wherever one is")
    func loops() throws {
        for name in ["loop.jsonl", "loop", "data/train.txt", "data/images/1.jpg"] {
            try scratch.write("", to: name)
            try FileManager.default.removeItem(at: scratch[name])
            try FileManager.default.createSymbolicLink(at: scratch[name], withDestinationURL: scratch[name])
        }
        let loop = scratch["loop.jsonl"]
        let reason = "too many levels of symbolic links"
        let expected = CorpusError.unreadable(path: loop.relativePath, reason: reason)
        #expect(throws: expected) { try Dataset.load(folder: loop) }
        #expect(throws: expected) { try DatasetDoctor.examine(loop) }
        #expect(throws: expected) { try LineReader(loop) }
        #expect(throws: expected) { try EEGAReader(loop) }
        #expect(throws: expected) { try ContextTable(contentsOf: loop) }
        #expect(throws: expected) { try PictureFolder(dataset: scratch.url, images: loop) }
        let data = scratch["data"]
        let inside = CorpusError.unreadable(path: scratch["data/train.txt"].relativePath, reason: reason)
        #expect(throws: inside) { try Dataset.load(folder: data) }
        #expect(try DatasetDoctor.examine(data).validation.contains("train.txt: cannot be read (\(reason))"))
        try scratch.write("IMGID:1\na\tO\n", to: "data/test.txt")
        let report = try DatasetDoctor.examine(data)
        #expect(report.validation.contains("\"images/1.jpg\" cannot be read (\(reason))"))
    }
}
