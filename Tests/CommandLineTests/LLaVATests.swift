import Foundation
import TestSupport
import Testing

/// The address of the server; nil where none was started.
private let endpoint = ProcessInfo.processInfo.environment["SHAPCA_LLAVA"]

/// Against llama.cpp's server with a tiny LLaVA, which `make test-llava` starts and names in `SHAPCA_LLAVA`.
@Suite("The whole way with llama-server", .enabled(if: endpoint != nil, "make test-llava starts the server"))
struct LLaVATests {
    private struct Prediction: Decodable {
        let contextStatus: String
        let context: String?
        let contextError: String?
    }

    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        setenv("LLAMA_KEY", "secret-of-the-test", 1)
    }

    private func asking(_ model: String) throws -> [String] {
        [
            model, "llava", "--endpoint", try #require(endpoint), "--key-variable", "LLAMA_KEY", "--seed", "1",
            "--cache", scratch["contexts.sqlite"].path, "--concurrency", "4",
        ]
    }

    @Test("Contexts of a folder of posts, a model trained on them, predictions with contexts made on the fly")
    func wholeWay() throws {
        let (corpus, contexts) = (scratch["corpus"], scratch["contexts.jsonl"])
        try TinyCorpus.write(to: corpus)
        try illustrate(corpus)
        let described = try Program.run(
            ["contexts", "--data", corpus.path, "--generator", "openai", "--output", contexts.path] + asking("--model"))
        try #require(described.status == 0, "\(described.errors)")
        let lines = try String(contentsOf: contexts, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 85 && lines[0].contains(#""generator":"openai""#))

        let run = scratch["run"]
        let trained = try Program.run(Workshop.training(run, "--data", corpus.path, "--contexts", contexts.path))
        try #require(trained.status == 0, "\(trained.errors)")
        let card = try String(contentsOf: run.appending(path: "model/README.md"), encoding: .utf8)
        #expect(card.contains("contexts.jsonl (generator openai, model llava"))

        try scratch.write(SamplePicture.tiff(4000), to: "new.tif")
        let post = [
            "predict", "--model", run.appending(path: "model").path, "--text", "Anna flew to Paris", "--image",
            scratch["new.tif"].path, "--context-generator", "openai",
        ]
        let first: Prediction = try Program.run(post + asking("--context-model")).json()
        #expect(first.contextStatus == "generated" && first.context?.isEmpty == false, "\(first)")
        let second: Prediction = try Program.run(post + asking("--context-model")).json()
        #expect(second.contextStatus == "cached" && second.context == first.context)
    }

    @Test("Without its key the real server refuses, and the run ends with one sentence")
    func noKey() throws {
        try scratch.write(SamplePicture.tiff(1), to: "pictures/1.tif")
        let outcome = try Program.run(
            ["contexts", "--images", scratch["pictures"].path, "--generator", "openai", "--output"]
                + [scratch["none.jsonl"].path] + asking("--model") + ["--key-variable", "NO_SUCH_VARIABLE"])
        #expect(outcome.status == 1 && outcome.errors.contains("the server asks for a key"), "\(outcome.errors)")
    }

    @Test("An answer that the real server cuts at the limit of tokens is a failure with its reason")
    func cut() throws {
        try scratch.write(SamplePicture.tiff(2), to: "pictures/2.tif")
        let outcome = try Program.run(
            ["contexts", "--images", scratch["pictures"].path, "--generator", "openai", "--output"]
                + [scratch["cut.jsonl"].path] + asking("--model") + ["--max-tokens", "1", "--attempts", "2"])
        #expect(outcome.status == 1 && outcome.errors.contains("1 failed (cut)"), "\(outcome.errors)")
    }

    /// Gives each post of a corpus a picture of its own.
    private func illustrate(_ corpus: URL) throws {
        var number = 0
        for split in ["train", "valid", "test"] {
            let file = corpus.appending(path: "\(split).jsonl")
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
                number += 1
                try scratch.write(SamplePicture.tiff(number), to: "corpus/images/\(number).tif")
                return line.dropLast() + #","image":"images/\#(number).tif"}"#
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
        }
    }
}
