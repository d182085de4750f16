import Foundation
import TestServer
import TestSupport
import Testing

@Suite("shapca predict with contexts made on the fly")
struct PredictContextsTests {
    private struct Prediction: Decodable {
        let id: String
        let contextStatus: String
        let context: String?
        let contextError: String?
    }

    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func predict(_ server: ChatServer, _ more: [String]) throws -> Program.Outcome {
        try Program.run(
            ["predict", "--model", Workshop.model().path, "--context-generator", "openai", "--context-model", "llava"]
                + ["--endpoint", server.endpoint, "--cache", scratch["c.sqlite"].path, "--attempts", "1"] + more)
    }

    private func statuses(_ outcome: Program.Outcome) throws -> [Prediction] {
        try outcome.lines.map { try JSONDecoder().decode(Prediction.self, from: Data($0.utf8)) }
    }

    private func posts() throws -> String {
        for number in 0..<3 { try scratch.write(SamplePicture.tiff(number), to: "\(number).tif") }
        try scratch.write("damaged", to: "bad.jpg")
        let lines = [
            #"{"id": "a", "text": "Anna flew to Paris", "image": "0.tif"}"#,
            #"{"id": "b", "text": "Anna flew to Paris", "image": "1.tif", "context": "a town"}"#,
            #"{"id": "c", "text": "Anna flew to Paris"}"#,
            #"{"id": "d", "text": "Anna flew to Paris", "image": "bad.jpg"}"#,
            #"{"id": "e", "text": "Anna flew to Paris", "image": "absent.jpg"}"#,
            #"{"id": "f", "text": "Anna flew to Paris", "image": "2.tif", "context": ""}"#,
        ]
        return try scratch.write(lines.joined(separator: "\n"), to: "posts.jsonl").path
    }

    @Test("Posts with a picture and no context get one, through the cache; every line says what became of it")
    func stream() async throws {
        let server = try await ChatServer { _ in .says("a photo of a person") }
        let input = try posts()
        let first = try predict(server, ["--input", input])
        #expect(first.status == 0 && first.errors.contains("2 contexts could not be made"), "\(first.errors)")
        let predictions = try statuses(first)
        #expect(predictions.map(\.contextStatus) == ["generated", "given", "none", "failed", "failed", "generated"])
        #expect(predictions[0].context == "a photo of a person" && predictions[1].context == nil)
        #expect(predictions[4].contextError?.contains("no such picture") == true && server.requests.count == 2)
        let second = try predict(server, ["--input", input])
        #expect(try statuses(second).map(\.contextStatus) == ["cached", "given", "none", "failed", "failed", "cached"])
        #expect(server.requests.count == 2)
    }

    @Test("A server that fails leaves posts without context, and predicts all the same")
    func deadServer() async throws {
        let server = try await ChatServer { _ in .status(500, body: "no memory") }
        let outcome = try predict(server, ["--text", "Anna flew to Paris", "--image", "\(posts().dropLast(11))0.tif"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let prediction: Prediction = try outcome.json()
        #expect(prediction.contextStatus == "failed" && prediction.contextError?.contains("no memory") == true)
    }

    @Test("Once a server is given up, contexts that were made before are still there")
    func givenUp() async throws {
        let kind = try await ChatServer { _ in .says("a photo of a person") }
        let first = try predict(kind, ["--text", "Anna flew", "--image", "\(posts().dropLast(11))2.tif"])
        #expect(try first.json(Prediction.self).contextStatus == "generated", "\(first.errors)")
        let strict = try await ChatServer { _ in .status(401, body: "who are you?") }
        let outcome = try predict(strict, ["--input", posts(), "--concurrency", "1"])
        #expect(
            try statuses(outcome).map(\.contextStatus) == ["failed", "given", "none", "failed", "failed", "cached"])
        #expect(strict.requests.count == 1)
    }

    @Test("Nothing is asked unless it is wanted")
    func none() throws {
        let outcome = try Program.run("predict", "--model", Workshop.model().path, "--input", posts())
        #expect(try statuses(outcome).map(\.contextStatus) == ["none", "given", "none", "none", "none", "none"])
    }

    /// The model as one that was trained with contexts of a generator.
    private func model(contextsOf generator: String) throws -> String {
        let folder = scratch["model"]
        try FileManager.default.copyItem(at: Workshop.model(), to: folder)
        let file = folder.appending(path: "config.json")
        let fields = "{\"contextGenerator\": \"\(generator)\", \"contextSource\": \"c.jsonl (generator \(generator))\","
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data((fields + text.dropFirst()).utf8).write(to: file)
        return folder.path
    }

    @Test("A model of labels gets labels unasked, from predict and evaluate, unless they are not wanted")
    func unasked() throws {
        let model = try model(contextsOf: "labels")
        let arguments = ["--model", model, "--cache", scratch["c.sqlite"].path]
        let outcome = try Program.run(["predict", "--input", posts()] + arguments)
        let predictions = try statuses(outcome)
        #expect(predictions.map(\.contextStatus) == ["generated", "given", "none", "failed", "failed", "generated"])
        #expect(predictions[0].context?.hasPrefix("Labels of the picture: ") == true)
        let unwanted = try Program.run(["predict", "--input", posts(), "--context-generator", "none"] + arguments)
        #expect(try statuses(unwanted).map(\.contextStatus) == ["none", "given", "none", "none", "none", "none"])

        struct Report: Decodable { let contexts: Int }
        let lines = (0..<3).map {
            #"{"tokens": ["Anna", "sleeps"], "image": "\#($0).tif", "entities": [{"start": 0, "end": 1, "type": "PER"}]}"#
        }
        let data = try scratch.write(lines.joined(separator: "\n"), to: "test.jsonl").path
        let evaluation = ["evaluate", "--data", data, "--json"] + arguments
        #expect(try Program.run(evaluation).json(Report.self).contexts == 3)
        let without = try Program.run(evaluation + ["--context-generator", "none"])
        #expect(try without.json(Report.self).contexts == 0)
    }

    @Test("A model of another generator predicts without contexts, and says so")
    func unavailable() throws {
        let model = try model(contextsOf: "openai")
        let outcome = try Program.run("predict", "--model", model, "--input", posts())
        #expect(try statuses(outcome).map(\.contextStatus) == ["none", "given", "none", "none", "none", "none"])
        #expect(outcome.errors.contains("c.jsonl (generator openai)") && outcome.errors.contains("--context-generator"))
        let text = try Program.run("predict", "--model", model, "--text", "Anna flew to Paris")
        #expect(text.status == 0 && text.errors.isEmpty, "a post without a picture needs none: \(text.errors)")
    }
}
