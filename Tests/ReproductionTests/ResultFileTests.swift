import Dispatch
import Foundation
import Reproduction
import Synchronization
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// Finished runs of a tiny corpus that stands for JMERE.
@Suite("Files of finished runs")
struct ResultFileTests {
    private let scratch: TemporaryFolder
    private let reproduction: Reproduction
    private let plan: ReproductionPlan

    private var file: ResultFile { ResultFile(url: scratch["out/runs/jmere.jsonl"]) }

    init() throws {
        let run = try TinyRun(relations: true)
        scratch = run.scratch
        try TinyCorpus.write(to: scratch["data/jmere"], relations: true)
        run.configuration.task = .joint
        run.configuration.training.epochs = 1
        try scratch.write(run.configuration.yaml, to: "configurations/jmere.yaml")
        plan = try ReproductionPlan(
            ReproductionPlan.Request(
                .table2, data: scratch["data"], configurations: scratch["configurations"], rows: ["exact"], seeds: 1...1
            ))
        reproduction = Reproduction(plan, output: scratch["out"], device: .cpu)
        #expect(try reproduction.run { _ in }.isEmpty)
    }

    private func lines() throws -> [String] {
        try String(contentsOf: scratch["out/runs/jmere.jsonl"], encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("A finished run is a line with its place, its configuration and its result")
    func line() throws {
        let lines = try lines()
        #expect(lines.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
        #expect(object?["row"] as? String == "shap-ca")
        #expect((object?["configuration"] as? String)?.contains("  seed: 1\n") == true)
        let result = object?["result"] as? [String: Any]
        #expect(result?["tested"] as? String == "jmere" && result?["generator"] as? String == "own")
        #expect(result?["seed"] as? Int == 1 && result?["measures"] != nil)
    }

    @Test("What earlier versions kept beside config.yaml counts as finished")
    func earlierVersions() throws {
        let before = try #require(try reproduction.results().first)
        let object = try JSONSerialization.jsonObject(with: Data(try lines()[0].utf8)) as? [String: Any]
        let result = try JSONSerialization.data(withJSONObject: try #require(object?["result"]))
        try scratch.write(result, to: "out/\(plan.runs[0].path)/result-jmere.json")
        try FileManager.default.removeItem(at: scratch["out/runs/jmere.jsonl"])
        let after = try #require(try reproduction.results().first)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(after) == encoder.encode(before))
        var skipped = 0
        _ = try reproduction.run { event in if case .skipped = event { skipped += 1 } }
        #expect(skipped == 1)
        try scratch.write("training: {epochs: 77}\n", to: "out/\(plan.runs[0].path)/config.yaml")
        #expect(throws: ReproductionError.self) { try reproduction.results() }
    }

    @Test("Runs that are finished at the same time do not lose each other's lines")
    func sideBySide() throws {
        let (file, run) = (file, try #require(try file.read().first))
        let failures = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 40) { _ in
            do { try file.append(run) } catch { failures.withLock { $0 += 1 } }
        }
        #expect(failures.withLock { $0 } == 0)
        #expect(try file.read().count == 41)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch["out/runs"].path)
        #expect(names.sorted() == ["jmere", "jmere.jsonl"])
    }

    @Test("A line without its end of line is kept, and one that cannot be read is told")
    func damage() throws {
        let line = try lines()[0]
        try scratch.write(line, to: "out/runs/jmere.jsonl")
        try file.append(try #require(try file.read().first))
        #expect(try lines() == [line, line])
        try scratch.write("\(line)\n\(line.prefix(100))\n", to: "out/runs/jmere.jsonl")
        let error = #expect(throws: ReproductionError.self) { try reproduction.results() }
        #expect(error?.description.contains("jmere.jsonl:2: ") == true)
    }
}
