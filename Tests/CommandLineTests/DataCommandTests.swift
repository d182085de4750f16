import Corpus
import Foundation
import Support
import TestSupport
import Testing

@Suite("shapca data")
struct DataCommandTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        try TinyCorpus.write(to: scratch["corpus"])
    }

    private func validate(_ path: String = "corpus", _ more: String...) throws -> Program.Outcome {
        try Program.run(["data", "validate", scratch[path].path] + more)
    }

    @Test("A dataset cannot be written to a device, or to a disk that is full")
    func fullDevice() throws {
        let data = try scratch.write("{\"text\": \"a\"}\n", to: "a/test.jsonl").deletingLastPathComponent()
        let device = try Program.run("data", "convert", data.path, "--output", "/dev/full")
        #expect(device.failed(saying: "/dev/full: cannot be written (it is not a folder)"), "\(device.errors)")
        let captions = try scratch.write("1.jpg :a\n", to: "captions.txt")
        let full = try Program.run("contexts", "import", captions.path, "--output", "/dev/full")
        #expect(full.failed(saying: "/dev/full: cannot be written (no space left on device)"), "\(full.errors)")
        let printed = try Program.run("data", "stats", data.path, output: URL(filePath: "/dev/full"))
        #expect(printed.failed(saying: "standard output cannot be written: no space left on device"))
    }

    @Test("A sound dataset passes; its statistics count what is in it")
    func sound() throws {
        #expect(try validate().status == 0)
        let statistics = try Program.run("data", "stats", scratch["corpus"].path)
        #expect(statistics.status == 0)
        for word in ["train", "valid", "test", "48", "18", "PER", "LOC", "ORG"] {
            #expect(statistics.output.contains(word))
        }
        let json = try Program.run("data", "stats", scratch["corpus"].path, "--json")
        #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [String: Any])
    }

    @Test("Every broken line is named by file and line, and the exit status is 1")
    func broken() throws {
        let lines = [
            #"{"id": "1", "tokens": ["a"]}"#, "{", #"{"id": "2"}"#,
            #"{"id": "3", "tokens": ["a"], "entities": [{"start": 0, "end": 2, "type": "X"}]}"#, "\u{0}",
        ]
        try scratch.write(lines.joined(separator: "\n"), to: "broken/train.jsonl")
        let outcome = try validate("broken")
        #expect(outcome.status == 1 && !outcome.hasCrashed)
        for line in [2, 3, 4, 5] { #expect(outcome.output.contains("train.jsonl:\(line)"), "\(outcome.output)") }
        #expect(!outcome.output.contains("train.jsonl:1:"))
        #expect(try validate("broken", "--json").status == 1)
    }

    @Test("Entities are compared with the words that a model reads, marks among them")
    func splitWords() throws {
        let entities = [(4, 9), (5, 9), (15, 18)].map { #"{"start": \#($0.0), "end": \#($0.1), "type": "PER"}"# }
        let post = #"{"text": "Ask @anna, the U.S. one", "entities": [\#(entities.joined(separator: ", "))]}"#
        try scratch.write(post, to: "words/train.jsonl")
        let outcome = try validate("words")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("warning: 2 entities that begin or end within a word"), "\(outcome.output)")
        #expect(outcome.output.contains(#"entities[1] of post "1", "anna", cuts "@anna""#), "\(outcome.output)")
        #expect(outcome.output.contains(#"entities[2] of post "1", "U.S", cuts "U.S.""#), "\(outcome.output)")
    }

    @Test("A dataset of another layout is the same one as JSON lines, and no dataset is written over")
    func convert() throws {
        let pairs = ["'peer'", "'None'"].map { relation in
            "{'token': ['Anna', 'in', 'Oslo'], 'h': {'name': 'Anna', 'pos': [0, 1]}, "
                + "'t': {'name': 'Oslo', 'pos': [2, 3]}, 'img_id': '1.jpg', 'relation': \(relation)}"
        }
        try scratch.write(pairs.joined(separator: "\n"), to: "mnre/mnre_train.txt")
        try scratch.write(pairs[0], to: "mnre/mnre_test.txt")
        try scratch.write(#"{"image": "1.jpg", "context": "a street"}"#, to: "contexts.jsonl")
        let command = [
            "data", "convert", scratch["mnre"].path, "--contexts", scratch["contexts.jsonl"].path, "--output",
        ]
        let outcome = try Program.run(command + [scratch["lines"].path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch["lines"].path)
        #expect(files.sorted() == ["test.jsonl", "train.jsonl"])
        let written = try Dataset.load(folder: scratch["lines"])
        let contexts = scratch["contexts.jsonl"]
        #expect(try written.splits == Dataset.load(folder: scratch["mnre"], contexts: contexts).splits)
        #expect(written[.train].allSatisfy { $0.context == "a street" && $0.image == "images/1.jpg" })
        for taken in ["lines", "mnre"] {
            let refused = try Program.run(command + [scratch[taken].path])
            #expect(refused.status == 64 && refused.errors.contains("holds a dataset"), "\(refused.errors)")
        }
        try scratch.write("{", to: "mnre/mnre_val.txt")
        #expect(try Program.run(command + [scratch["more"].path]).failed(saying: "mnre_val.txt:1"))
        #expect(!FileManager.default.fileExists(atPath: scratch["more"].path))
    }

    @Test("Random bytes in any layout are reported, never more", arguments: ["train.jsonl", "train.txt"])
    func randomBytes(_ name: String) throws {
        var generator = SplitMix64(state: 11)
        for length in [0, 1, 5_000, 300_000] {
            try scratch.write(
                Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }), to: "random/\(name)")
            for command in ["validate", "stats"] {
                let outcome = try Program.run("data", command, scratch["random"].path)
                #expect(!outcome.hasCrashed && outcome.status <= 1)
                #expect(command == "stats" || length < 100 || outcome.status == 1)
            }
        }
    }

    @Test("Pictures that lie apart from the dataset are found with --images")
    func pictures() throws {
        try scratch.write(#"{"tokens": ["a"], "image": "a.jpg"}"#, to: "pictured/train.jsonl")
        try scratch.write("", to: "elsewhere/a.jpg")
        let apart = try validate("pictured")
        #expect(apart.output.contains("pictures not found"), "\(apart.output)")
        let found = try validate("pictured", "--images", scratch["elsewhere"].path)
        #expect(found.status == 0 && !found.output.contains("pictures not found"), "\(found.output)")
    }

    @Test("Contexts are counted; a context file that is none is named")
    func contexts() throws {
        let good = try scratch.write(#"{"image": "a.jpg", "context": "a dog"}"#, to: "contexts.jsonl")
        #expect(try validate("corpus", "--contexts", good.path).status == 0)
        let bad = try scratch.write("not JSON", to: "bad.jsonl")
        let outcome = try validate("corpus", "--contexts", bad.path)
        #expect(outcome.status == 1 && (outcome.output + outcome.errors).contains("bad.jsonl:1"))
    }
}
