import Corpus
import Evaluation
import Extraction
import Foundation
import TestSupport
import Testing
import Torch
import Training
import TrainingTestSupport

@Suite("Training")
struct TrainerTests {
    private let run: TinyRun

    init() throws {
        run = try TinyRun()
    }

    private func checkpointBytes(_ folder: String = "run") throws -> Data {
        try Data(contentsOf: run.scratch["\(folder)/checkpoint.safetensors"])
    }

    private func fillClassifier(of session: TrainingSession, with value: Double) {
        for (_, tensor) in session.extractor.model.head.parameters() { tensor.fill(value) }
    }

    @Test("The loss falls, entities are found, and the run's folder tells all of it")
    func learns() throws {
        run.configuration.training.epochs = 10
        var epochs = 0
        let outcome = try run.train { event in
            switch event {
            case .step(let step, let progress):
                #expect(progress.batches == TinyRun.stepsPerEpoch && progress.batch == (step.step - 1) % 6 + 1)
                #expect(progress.postsPerSecond > 0 && progress.secondsLeft >= 0 && progress.epochs == 10)
            case .epoch: epochs += 1
            case .warning(let warning): #expect(warning.hasPrefix("the alignment of texts and contexts "))
            case .resumed: Issue.record("\(event)")
            }
        }
        #expect(epochs == outcome.epochs && outcome.steps == epochs * TinyRun.stepsPerEpoch)
        let losses = try run.epochs(of: "run").map(\.loss)
        #expect(losses[losses.count - 1] < 0.5 * losses[0])
        #expect(outcome.best.f1 > 0.9)
        let steps = try run.steps(of: "run")
        #expect(steps.allSatisfy { $0.picture == nil && $0.gradientNorm > 0 })
        #expect(steps.contains { $0.text != nil } && steps.allSatisfy { $0.pictureCosines == nil })
        for step in steps {
            #expect((step.text == nil) == (step.textCosines == nil))
            if let cosines = step.textCosines { #expect(abs(cosines.own) <= 1 && abs(cosines.others) <= 1) }
            #expect(abs(step.loss - step.task - run.configuration.alignment.alpha * (step.text ?? 0)) < 1e-4)
        }
        for file in [
            "config.yaml", "environment.json", "model/config.json", "model/vocab.txt", "model/model.safetensors",
        ] {
            #expect(FileManager.default.fileExists(atPath: run.scratch["run/\(file)"].path), "\(file)")
        }
        let card = try String(contentsOf: run.scratch["run/model/README.md"], encoding: .utf8)
        #expect(card == String(format: "%.2f F1", 100 * outcome.best.f1))
    }

    @Test("The seed decides the run")
    func seeds() throws {
        run.configuration.training.epochs = 1
        try run.train("first")
        try run.train("second")
        run.configuration.training.seed = 2
        try run.train("other")
        #expect(try run.steps(of: "first") == run.steps(of: "second"))
        #expect(try run.steps(of: "first") != run.steps(of: "other"))
    }

    @Test("Several passes over the posts make an epoch longer, and change no step")
    func passes() throws {
        run.configuration.training.epochs = 4
        let short = try run.train("short")
        (run.configuration.training.epochs, run.configuration.training.passes) = (2, 2)
        var batches: Set<Int> = []
        let long = try run.train("long") { event in
            if case .step(_, let progress) = event { batches.insert(progress.batches) }
        }
        #expect(short.steps == long.steps && long.epochs == 2 && batches == [2 * TinyRun.stepsPerEpoch])
        #expect(try run.steps(of: "short").map(\.loss) == run.steps(of: "long").map(\.loss))
        #expect(try run.steps(of: "short").map(\.rateFactor) == run.steps(of: "long").map(\.rateFactor))
        #expect(try run.epochs(of: "long").map(\.step) == [2 * TinyRun.stepsPerEpoch, 4 * TinyRun.stepsPerEpoch])
    }

    @Test("A frozen text encoder keeps its weights; rates of 0 keep all")
    func frozen() throws {
        run.configuration.text.frozen = true
        run.configuration.training.epochs = 1
        let session = try run.session()
        let before = session.extractor.model.textEncoder.parameters().map { $0.tensor.floats() }
        let others = session.extractor.model.fusion.parameters().map { $0.tensor.floats() }
        try run.train(session)
        #expect(session.extractor.model.textEncoder.parameters().map { $0.tensor.floats() } == before)
        #expect(session.extractor.model.fusion.parameters().map { $0.tensor.floats() } != others)
    }

    @Test("Training ends once validation has not improved for as many epochs as patience says")
    func earlyStopping() throws {
        run.configuration.learningRates = ["default": 0, "textEncoder": 0]
        run.configuration.training.epochs = 9
        run.configuration.training.patience = 2
        let outcome = try run.train()
        #expect(outcome.epochs == 3 && outcome.best.epoch == 0)
    }

    @Test("The model that is kept is the best, not the last")
    func bestModel() throws {
        run.configuration.training.epochs = 8
        run.configuration.training.patience = 2
        let session = try run.session()
        var best = -1.0
        let outcome = try run.train(session) { event in
            guard case .epoch(let epoch, let isBest) = event else { return }
            #expect(isBest == (epoch.validation.f1 > best))
            best = max(best, epoch.validation.f1)
            // From here on every word is like every other.
            if epoch.epoch == 4 { fillClassifier(of: session, with: 0) }
        }
        #expect(outcome.epochs < 8 && outcome.best.epoch <= 4)
        let kept = try Extractor(modelFolder: run.scratch["run/model"])
        let posts = run.dataset[.valid]
        let found = try kept.extract(posts).map {
            $0.entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) }
        }
        #expect(Scores(gold: posts.map(\.entities), predicted: found).overall.f1 == outcome.best.f1)
    }

    @Test(
        "A loss that is not a number ends the run; the checkpoint before it stays whole",
        arguments: [Double.nan, .infinity])
    func poisoned(_ poison: Double) throws {
        let session = try run.session()
        var saved = Data()
        let error = #expect(throws: RunError.self) {
            try run.train(session) { event in
                guard case .epoch = event else { return }
                saved = (try? checkpointBytes()) ?? Data()
                fillClassifier(of: session, with: poison)
            }
        }
        let checkpoint = run.scratch["run/checkpoint.safetensors"].path
        #expect(error == .diverged(step: TinyRun.stepsPerEpoch + 1, checkpoint: checkpoint))
        #expect(try checkpointBytes() == saved)
        #expect(try run.train(resuming: true).epochs == 3)
    }

    @Test("Learning rates beyond all measure end in the same words")
    func absurdRates() throws {
        run.configuration.learningRates = ["default": 1e30]
        let error = #expect(throws: RunError.self) { try run.train() }
        guard case .diverged(_, checkpoint: nil) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A checkpoint or a line of metrics that cannot be written ends the run with the name of the file")
    func unwritable() throws {
        for name in ["checkpoint.safetensors", "metrics.jsonl"] {
            let file = run.scratch["\(name)-run/\(name)"]
            let error = #expect(throws: (any Error).self) {
                try run.train("\(name)-run") { event in
                    guard case .epoch(let epoch, _) = event, epoch.epoch == 0 else { return }
                    try FileManager.default.removeItem(at: file)
                    try FileManager.default.createDirectory(
                        at: file.appending(path: "in the way"), withIntermediateDirectories: true)
                }
            }
            #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("\(file.path) cannot be written: "))
        }
    }

    @Test("Only one program trains in a folder; the next may once it has ended")
    func inUse() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: 2) }
        let folder = run.scratch["run"]
        let metrics = try Data(contentsOf: folder.appending(path: "metrics.jsonl"))
        let first = try run.session(resuming: true)
        #expect(throws: RunError.inUse(path: folder.path)) { try run.session(resuming: true) }
        #expect(try Data(contentsOf: folder.appending(path: "metrics.jsonl")) == metrics)
        #expect(try run.train(first).steps == 3 * TinyRun.stepsPerEpoch)
        let inUse = "\(RunError.inUse(path: "runs/a"))"
        #expect(inUse.hasPrefix("runs/a is in use by another program") && inUse.contains("--output"))
    }

    @Test("A run cannot begin where a file stands")
    func blocked() throws {
        try run.scratch.write("", to: "file")
        let error = #expect(throws: RunError.self) { try run.session("file/run") }
        guard case .unwritable(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == "not a directory")
    }

    @Test(
        "Splits without posts, and rates for parts that the model does not have, are refused before anything is written"
    )
    func refusals() throws {
        var empty = run.dataset
        empty.splits[.valid] = []
        #expect(throws: RunError.emptySplit("valid")) {
            _ = try TrainingSession(
                run.configuration, dataset: empty, contexts: nil, output: run.scratch["run"], device: .cpu,
                resuming: false, card: TinyRun.card)
        }
        run.configuration.learningRates["textEncodr"] = 1e-3
        #expect(
            throws: ConfigurationError.unknownKey(
                place: "learningRates", key: "textEncodr", suggestion: "textEncoder")
        ) { try run.session() }
        run.configuration.learningRates["textEncodr"] = nil
        run.configuration.text.maximumLength = TinyBert.maximumPositions + 1
        #expect(throws: ConfigurationError.self) { try run.session() }
        #expect(!FileManager.default.fileExists(atPath: run.scratch["run"].path))
    }
}
