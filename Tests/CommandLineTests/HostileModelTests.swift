import Foundation
import Support
import TestSupport
import Testing

@Suite("Model folders that are not what they seem")
struct HostileModelTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        try FileManager.default.copyItem(at: Workshop.model(), to: scratch["model"])
    }

    private static let files = [
        "config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json", "tagger/tagger.json",
        "tagger/tagger.safetensors",
    ]

    private func predict() throws -> Program.Outcome {
        try Program.run("predict", "--model", scratch["model"].path, "--text", "Anna flew to Paris yesterday")
    }

    /// Expects one clear message that names the file.
    private func expectRefusal(naming file: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let outcome = try predict()
        #expect(
            outcome.failed() && outcome.output.isEmpty, "\(file), \(what): \(outcome.errors)",
            sourceLocation: sourceLocation)
        let name = URL(filePath: file).lastPathComponent
        #expect(outcome.errors.contains(name), "\(file), \(what): \(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errors.utf8.count < 1_000, "\(file), \(what)", sourceLocation: sourceLocation)
    }

    @Test("Random bytes, a half or nothing in any of its files is refused by the file's name", arguments: files)
    func damaged(_ file: String) throws {
        let path = "model/\(file)"
        let whole = (try? Data(contentsOf: scratch[path])) ?? Data("{}".utf8)
        var generator = SplitMix64(state: 17)
        for length in [1, 64, 20_000] {
            try scratch.write(Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }), to: path)
            try expectRefusal(naming: file, "\(length) random bytes")
        }
        try scratch.write(Data(), to: path)
        try expectRefusal(naming: file, "nothing")
        if file != "vocab.txt" {
            try scratch.write(whole.prefix(whole.count / 2), to: path)
            try expectRefusal(naming: file, "a half")
        }
        try FileManager.default.removeItem(at: scratch[path])
        try FileManager.default.createDirectory(at: scratch[path], withIntermediateDirectories: true)
        try expectRefusal(naming: file, "a folder")
        if file != "tokenizer_config.json" {
            try FileManager.default.removeItem(at: scratch[path])
            try expectRefusal(naming: file, "absence")
        }
    }

    @Test("A folder that is a file, an empty one and one of another program are no model folders")
    func otherFolders() throws {
        try scratch.write("", to: "file")
        try FileManager.default.createDirectory(at: scratch["empty"], withIntermediateDirectories: true)
        for folder in [scratch["file"], scratch["empty"], Workshop.encoder] {
            let outcome = try Program.run("predict", "--model", folder.path, "--text", "Anna")
            #expect(outcome.failed(saying: folder.path), "\(outcome.errors)")
        }
    }

    @Test(
        "A configuration that cannot be is refused, however large its numbers",
        arguments: [
            ("hidden_size", "1000000"), ("hidden_size", "0"), ("hidden_size", "-16"), ("num_hidden_layers", "1000000"),
            ("num_hidden_layers", "3"), ("num_attention_heads", "5"), ("vocab_size", "10"),
            ("vocab_size", "99999999999999999999"),
            ("intermediate_size", "1000000"), ("max_position_embeddings", "8"), ("format", "\"shapca-0\""),
            ("width", "-1"),
            ("width", "0"), ("heads", "0"), ("heads", "3"), ("maximumLength", "0"), ("maximumLength", "1000000"),
            ("temperature", "0"),
            ("entityTypes", "[]"), ("partsOfSpeech", "[]"), ("imageEncoder", "\"resnet9\""), ("dropout", "7"),
            ("hidden_act", "\"swish\""), ("method", "\"magic\""), ("num_hidden_layers", "1000000000"),
            ("type_vocab_size", "1"), ("samples", "1e30"), ("weight", "-1e300"),
        ])
    func impossible(_ key: String, _ value: String) throws {
        let file = scratch["model/config.json"]
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        if let index = lines.firstIndex(where: { $0.contains("\"\(key)\" :") }) {
            let isList = lines[index].hasSuffix("[")
            let end = isList ? lines[index...].firstIndex { $0.contains("]") } ?? index : index
            let comma = lines[end].hasSuffix(",") ? "," : ""
            lines.replaceSubrange(index...end, with: ["\"\(key)\" : \(value)\(comma)"])
        } else {
            lines.insert("\"\(key)\" : \(value),", at: 1)
        }
        try scratch.write(lines.joined(separator: "\n"), to: "model/config.json")
        let outcome = try predict()
        #expect(outcome.status == 1 && !outcome.hasCrashed && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.utf8.count < 1_500, "\(outcome.errors)")
        let name = outcome.errors.contains("do not fit the model") ? "model.safetensors" : "config.json"
        #expect(outcome.errors.contains(name) && outcome.errors.foreignWords.isEmpty, "\(outcome.errors)")
        #expect(outcome.peakMemory < 1 << 30, "\(outcome.peakMemory) bytes")
    }

    @Test("A vocabulary of another size than the encoder's is refused, not read past its end")
    func otherVocabulary() throws {
        let vocabulary = try String(contentsOf: scratch["model/vocab.txt"], encoding: .utf8)
        let more = (0..<50).map { "word\($0)" }.joined(separator: "\n")
        try scratch.write(vocabulary.replacing("[MASK]\n", with: "[MASK]\n\(more)\n"), to: "model/vocab.txt")
        try expectRefusal(naming: "vocab.txt", "50 words too many")
    }

    @Test("Weights that are not numbers give no entities with a score that is none, and no crash")
    func weightsThatAreNotNumbers() throws {
        let file = scratch["model/model.safetensors"]
        var bytes = try Data(contentsOf: file)
        let header = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        for offset in stride(from: 8 + header, to: bytes.count - 3, by: 4) {
            bytes.replaceSubrange(offset..<(offset + 4), with: [0x00, 0x00, 0xC0, 0x7F])
        }
        try scratch.write(bytes, to: "model/model.safetensors")
        let outcome = try predict()
        #expect(!outcome.hasCrashed && outcome.status <= 1, "\(outcome.errors)")
    }
}
