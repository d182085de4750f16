import Extraction
import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// A run folder of version 0.1.0, stopped within its second epoch, and the steps of the same run where nobody stopped it:
/// `Fixtures/make_earlier_run.sh`.
@Suite("A run that an earlier version began")
struct EarlierRunTests {
    @Test("It is continued with the same losses and scores")
    func resumes() throws {
        let fixtures = Bundle.module.bundleURL.appending(path: "Fixtures")
        let run = try Self.run()
        let folder = run.scratch["run"]
        try FileManager.default.copyItem(at: fixtures.appending(path: "earlier-run"), to: folder)
        // The fixture leaves out tagger and tokenizer, and the folder of the encoder is where this test has put it.
        try FileManager.default.copyItem(at: ModelCache.tagger, to: folder.appending(path: "model/tagger"))
        try FileManager.default.copyItem(
            at: URL(filePath: run.configuration.text.encoder).appending(path: "vocab.txt"),
            to: folder.appending(path: "model/vocab.txt"))
        try Data(run.configuration.yaml.utf8).write(to: folder.appending(path: "config.yaml"))
        let stopped = try run.steps(of: "run").count
        #expect(stopped > TinyRun.stepsPerEpoch && stopped % TinyRun.stepsPerEpoch > 0, "amid an epoch")

        var resumedAt = 0
        try run.train(resuming: true) { event in
            if case .resumed(let state) = event { resumedAt = state.step }
        }
        #expect(resumedAt == stopped)
        let lines = try String(contentsOf: fixtures.appending(path: "earlier-run-whole.jsonl"), encoding: .utf8)
        let whole = try lines.split(separator: "\n").map {
            try JSONDecoder().decode(Metrics.self, from: Data($0.utf8))
        }
        let expected = whole.compactMap { if case .step(let step) = $0 { step } else { nil } }
        let steps = try run.steps(of: "run")
        #expect(steps.map(\.step) == expected.map(\.step))
        // Equal to the last bit on the processor that the fixture was made on; others add up in other orders.
        for (step, expected) in zip(steps, expected) {
            #expect(abs(step.loss - expected.loss) < 1e-3 * max(1, abs(expected.loss)), "step \(step.step)")
            #expect((step.text == nil) == (expected.text == nil), "step \(step.step)")
        }
        // It keeps to the rule by which it began, however often it is stopped.
        let saved = try #require(try RunFolder(url: folder).lastState())
        #expect(saved.state.batching == .separate && steps.allSatisfy { ($0.mergedPlayers ?? 0) == 0 })
    }

    /// A run with the configuration that was the default then.
    private static func run() throws -> TinyRun {
        let run = try TinyRun()
        (run.configuration.alignment.alpha, run.configuration.alignment.beta) = (0.2, 0.4)
        run.configuration.alignment.negatives = .sum
        run.configuration.text.overlong = .truncate
        run.configuration.fusion.paths = .picture
        run.configuration.training.hiddenPicture = 0
        return run
    }

    @Test("Its configuration is read as it was, without what is new")
    func configuration() throws {
        let file = Bundle.module.bundleURL.appending(path: "Fixtures/earlier-run/config.yaml")
        let configuration = try TrainingConfiguration(contentsOf: file, onto: .earlier)
        var expected = try Self.run().configuration
        expected.text.encoder = "tiny-bert"
        expected.training.kernels = .auto
        #expect(configuration == expected)
        // Nothing of it is lost where it is written again.
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(Set(lines).isSubset(of: configuration.yaml.split(separator: "\n")))
    }

    @Test("Its model is the one that the same configuration makes today")
    func model() throws {
        let run = try Self.run()
        _ = try run.session()
        let earlier = Bundle.module.bundleURL.appending(path: "Fixtures/earlier-run/model/config.json")
        func read(_ file: URL) throws -> ModelConfiguration {
            try JSONDecoder().decode(ModelConfiguration.self, from: Data(contentsOf: file))
        }
        #expect(try read(run.scratch["run/model/config.json"]) == read(earlier))
    }
}
