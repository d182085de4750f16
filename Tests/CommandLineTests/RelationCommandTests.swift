import Foundation
import TestSupport
import Testing

/// Entities with relations through every command: reproduce, report, predict, evaluate.
@Suite("shapca with relations")
struct RelationCommandTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        _ = try Workshop.training(scratch["unused"])
        try TinyCorpus.write(to: scratch["data/jmere"], image: "absent.jpg", relations: true)
        let context = #"{"image": "absent.jpg", "context": "a photo of a person"}"# + "\n"
        try Data(context.utf8).write(to: scratch["data/jmere/contexts.llava.jsonl"])
        try FileManager.default.createDirectory(at: scratch["configurations"], withIntermediateDirectories: true)
        let yaml = "task: joint\n" + (try String(contentsOf: Workshop.configuration, encoding: .utf8))
        try Data(yaml.utf8).write(to: scratch["configurations/jmere.yaml"])
    }

    private func reproduce(_ more: String..., watch: (pid_t) -> Void = { _ in }) throws -> Program.Outcome {
        try Program.run(
            [
                "reproduce", "table2", "--data", scratch["data"].path, "--configurations",
                scratch["configurations"].path, "--output", scratch["out"].path, "--seeds", "1",
            ] + more, watch: watch)
    }

    private struct Prediction: Decodable {
        struct Entity: Decodable {
            let start: Int
            let end: Int
            let text: String
        }
        struct Relation: Decodable {
            let head: Int
            let tail: Int
            let type: String
            let score: Double
        }
        let entities: [Entity]
        let relations: [Relation]
    }

    private struct Report: Decodable {
        struct Fractions: Decodable { let f1: Double }
        let task: String
        let gold: Int
        let protocols: [String: Fractions]
    }

    @Test("A table that is stopped shows the rows that are finished and names the others")
    func stopped() throws {
        let finished = scratch["out/runs/jmere.jsonl"].path
        var isStopped = false
        let outcome = try reproduce("--set", "training.epochs=60", "--set", "training.patience=60") { process in
            guard !isStopped, FileManager.default.fileExists(atPath: finished) else { return }
            isStopped = kill(process, SIGINT) == 0
        }
        #expect(
            outcome.status == 130 && outcome.output.contains("| Baseline (text and context) |"), "\(outcome.errors)")
        #expect(outcome.output.contains("## Not finished") && outcome.output.contains("Shap-CA (exact)"))
        #expect(FileManager.default.fileExists(atPath: scratch["out/results.md"].path))
    }

    @Test("A table is planned, run, and not run twice; its models are used like any other")
    func table() throws {
        let plan = try reproduce("--dry-run")
        #expect(plan.status == 0 && plan.lines.count == 3, "\(plan.errors)")
        #expect(plan.output.contains(" h  for 2 runs if none stops early; 0 of 2 are finished"))
        #expect(!FileManager.default.fileExists(atPath: scratch["out"].path))

        let first = try reproduce("--set", "training.epochs=30", "--set", "training.patience=30")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("| Shap-CA (exact) |") && first.output.contains("12 gold items"))
        #expect(first.errors.contains("[1/2]") && first.errors.contains("no pictures"))
        for file in ["results.json", "results.md", "results.html"] {
            #expect(FileManager.default.fileExists(atPath: scratch["out/\(file)"].path))
        }
        let second = try reproduce("--set", "training.epochs=30", "--set", "training.patience=30")
        #expect(second.status == 0 && second.output == first.output)
        #expect(second.errors.components(separatedBy: "finished before").count == 3)

        let third = try reproduce("--set", "training.epochs=30", "--set", "training.patience=30", "--tabulate")
        #expect(third.status == 0 && third.output == first.output && !third.errors.contains("finished before"))

        let run = scratch["out/runs/jmere/shap-ca/llava/seed-1"]
        let page = try Program.run("report", run.path, "--data", scratch["data/jmere"].path)
        #expect(page.status == 0 && page.lines == [run.appending(path: "report.html").path], "\(page.errors)")

        let model = run.appending(path: "model").path
        let found = try Program.run("predict", "--model", model, "--text", "Anna flew to Oslo yesterday")
        let prediction: Prediction = try found.json()
        #expect(!prediction.entities.isEmpty)
        for relation in prediction.relations {
            #expect(prediction.entities.indices.contains(relation.tail) && relation.head < relation.tail)
            #expect((0...1).contains(relation.score) && !relation.type.isEmpty)
        }
        let measured = try Program.run(
            "evaluate", "--model", model, "--data", scratch["data/jmere"].path, "--contexts",
            scratch["data/jmere/contexts.llava.jsonl"].path, "--json")
        let report: Report = try measured.json()
        #expect(report.task == "joint" && report.gold == 12 && report.protocols.count == 4)
    }

    @Test("What a table needs and does not find is named")
    func refusals() throws {
        #expect(try reproduce("--datasets", "mnre").failed(saying: "MNRE", "data/mnre"))
        let path = try reproduce("--datasets", "../jmere")
        #expect(path.status == 64 && path.errors.contains("../jmere"))
        #expect(try reproduce("--contexts", "gpt5").failed(saying: "contexts.gpt5.jsonl"))
        #expect(try reproduce("--set", "training.epoch=1").failed(saying: "training.epochs"))
        #expect(try Program.run("report", scratch["nothing"].path).failed(saying: "metrics.jsonl"))
        let post = try Program.run("report", scratch["nothing"].path, "--post", "1")
        #expect(post.status == 64 && post.errors.contains("--data"))
    }

    @Test("A model of relations asks for the entities")
    func givenEntities() throws {
        let output = scratch["relations"]
        let trained = try Program.run(
            [
                "train", Workshop.configuration.path, "--data", scratch["data/jmere"].path, "--output", output.path,
                "--set", "task=relations", "--set", "training.epochs=2",
            ])
        #expect(trained.status == 0, "\(trained.errors)")
        let model = output.appending(path: "model").path
        #expect(try Program.run("predict", "--model", model, "--text", "Anna").failed(saying: "two given entities"))
        let post =
            #"{"text": "Anna flew to Oslo", "entities": [{"start":0,"end":4,"type":"e"},{"start":13,"end":17,"type":"e"}]}"#
        try Data(post.utf8).write(to: scratch["posts.jsonl"])
        let found = try Program.run("predict", "--model", model, "--input", scratch["posts.jsonl"].path)
        let prediction: Prediction = try found.json()
        #expect(prediction.entities.map(\.text) == ["Anna", "Oslo"])
        #expect(prediction.relations.map { [$0.head, $0.tail] } == [[0, 1]])

        let three = """
            {"tokens": ["Anna", "Oslo", "Rome"], "entities": [{"start":0,"end":1,"type":"e"}, \
            {"start":1,"end":2,"type":"e"}, {"start":2,"end":3,"type":"e"}]
            """
        let asked = three + #", "relations": [{"head": 0, "tail": 2, "type": "?"}]}"#
        try Data("\(three)}\n\(asked)".utf8).write(to: scratch["posts.jsonl"])
        let pairs = try Program.run("predict", "--model", model, "--input", scratch["posts.jsonl"].path)
        let found3 = try pairs.lines.map { try JSONDecoder().decode(Prediction.self, from: Data($0.utf8)) }
        #expect(found3.map { $0.relations.map { [$0.head, $0.tail] } } == [[], [[0, 2]]])
        #expect(pairs.errors.contains("1 posts name more than two entities but no pair"), "\(pairs.errors)")

        let flights = String(repeating: #""flew", "#, count: 99)
        let silent = [
            #"{"text": "Anna flew"}"#, #"{"text": "Anna flew", "entities": [{"start":0,"end":4,"type":"e"}]}"#,
            #"{"text": "Anna  flew", "entities": [{"start":0,"end":4,"type":"e"},{"start":4,"end":6,"type":"e"}]}"#,
            #"{"tokens": [\#(flights)"Oslo"], "#
                + #""entities": [{"start":0,"end":1,"type":"e"},{"start":99,"end":100,"type":"e"}]}"#,
            post,
        ]
        try Data(silent.joined(separator: "\n").utf8).write(to: scratch["posts.jsonl"])
        let answers = try Program.run("predict", "--model", model, "--input", scratch["posts.jsonl"].path)
        let counts = try answers.lines.map {
            try JSONDecoder().decode(Prediction.self, from: Data($0.utf8)).relations.count
        }
        #expect(answers.status == 0 && counts == [0, 0, 0, 1, 1], "a pair that is far apart has its relation")
        #expect(answers.errors.contains("2 posts name fewer than two entities"), "\(answers.errors)")
        #expect(answers.errors.contains("1 posts have pairs without an answer"), "\(answers.errors)")
    }
}
