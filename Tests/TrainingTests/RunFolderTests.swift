import Corpus
import Evaluation
import Foundation
import TestSupport
import Testing
import Torch
import Training

@Suite("Run folders")
struct RunFolderTests {
    private let scratch: TemporaryFolder
    private let environment = environment()

    init() throws {
        scratch = try TemporaryFolder()
    }

    private static func environment(
        name: String = "a", text: String = "a post", context: String? = "a photo", contexts: String? = nil
    ) -> RunEnvironment {
        let post = Post(id: "1", content: .text(text), image: "1.jpg", context: context)
        let folder = URL(filePath: "/data").appending(path: name)
        return RunEnvironment(
            device: .cpu, dataset: Dataset(name: name, folder: folder, splits: [.train: [post]]), contexts: contexts)
    }

    private var url: URL { scratch["runs/one"] }

    private func newRun(_ configuration: TrainingConfiguration = TrainingConfiguration()) throws -> RunFolder {
        try RunFolder.create(at: url, configuration: configuration, environment: environment)
    }

    private func resume(
        _ configuration: TrainingConfiguration = TrainingConfiguration(), environment: RunEnvironment? = nil
    ) throws -> RunFolder {
        try RunFolder.resume(at: url, configuration: configuration, environment: environment ?? self.environment)
    }

    private func step(_ number: Int, picture: String = "") throws -> Metrics {
        let json = """
            {"step":\(number),"epoch":\((number - 1) / 3),"loss":1.5,"task":1.25,"text":0.1,\(picture)\
            "gradientNorm":0.3333333333333333,"rateFactor":1e-7}
            """
        return try JSONDecoder().decode(Metrics.self, from: Data(json.utf8))
    }

    private func epoch(_ number: Int) throws -> Metrics {
        let json = """
            {"step":\(3 * number + 3),"epoch":\(number),"loss":1.5,"validation":{"gold":3,"predicted":2,"correct":1},\
            "trainingSeconds":1,"validationSeconds":2,"postsPerSecond":3}
            """
        return try JSONDecoder().decode(Metrics.self, from: Data(json.utf8))
    }

    @Test("Metrics come back from JSON, steps as steps and epochs as epochs")
    func metrics() throws {
        for metrics in [try step(1), try step(2, picture: #""picture":-0.25,"#), try epoch(0)] {
            let json = try JSONEncoder().encode(metrics)
            #expect(try JSONDecoder().decode(Metrics.self, from: json) == metrics)
        }
        guard case .epoch(let epoch) = try epoch(4) else {
            Issue.record("an epoch was read as a step")
            return
        }
        #expect(epoch.validation == Score(gold: 3, predicted: 2, correct: 1))
    }

    @Test("A run begins in a folder that has none, and keeps what is run")
    func create() throws {
        let folder = try newRun()
        #expect(try TrainingConfiguration(contentsOf: folder.configuration) == TrainingConfiguration())
        let kept = try JSONDecoder().decode(RunEnvironment.self, from: Data(contentsOf: folder.environment))
        #expect(kept == environment)
        #expect(kept.libtorch == Engine.version)
        #expect(throws: RunError.occupied(path: url.path)) { try newRun() }
        try scratch.write("a line", to: "runs/left/metrics.jsonl")
        try scratch.write("{}", to: "runs/kept/model/config.json")
        for left in [scratch["runs/left"], scratch["runs/kept"]] {
            #expect(throws: RunError.occupied(path: left.path)) {
                try RunFolder.create(at: left, configuration: TrainingConfiguration(), environment: environment)
            }
        }
    }

    @Test("There is nothing to resume where no run was started; one without a checkpoint begins anew")
    func resumeNothing() throws {
        #expect(throws: RunError.nothingToResume(path: url.path)) { try resume() }
        _ = try newRun()
        #expect(try resume().lastState() == nil)
    }

    @Test("A run that cannot keep on what it is made has not begun")
    func environmentFirst() throws {
        try scratch.write("", to: "runs/one/environment.json/in the way")
        #expect(throws: RunError.self) { try newRun() }
        #expect(throws: RunError.nothingToResume(path: url.path)) { try resume() }
    }

    @Test("Where nothing tells the data, a run with a checkpoint does not go on; one without keeps them anew")
    func lostEnvironment() throws {
        let folder = try newRun()
        let whole = try Data(contentsOf: folder.environment)
        try FileManager.default.removeItem(at: folder.environment)
        _ = try resume()
        #expect(try Data(contentsOf: folder.environment) == whole)
        try folder.save(TrainingState(), tensors: ["a": Tensor([1] as [Float], shape: [1])])
        _ = try resume()
        for kept in [whole.prefix(5), nil] as [Data?] {
            try FileManager.default.removeItem(at: folder.environment)
            try kept?.write(to: folder.environment)
            let error = #expect(throws: RunError.self) { try resume() }
            #expect(error?.description.hasPrefix("\(folder.environment.path) cannot be read: ") == true)
        }
    }

    @Test("Other settings are refused, each by its key and both values")
    func otherConfiguration() throws {
        _ = try newRun()
        var other = TrainingConfiguration()
        other.training.seed = 2
        other.learningRates["head.crf"] = 0.01
        let differences = ["training.seed is 1 there, 2 here", "learningRates.head.crf is not set there, 0.01 here"]
        #expect(throws: RunError.otherConfiguration(path: url.path, differences: differences)) { try resume(other) }
    }

    @Test("Other data are refused; another name of the folder is not")
    func otherData() throws {
        _ = try newRun()
        _ = try resume(environment: Self.environment(name: "b"))
        let other = Self.environment(text: "another post")
        let (there, here) = (try #require(environment.dataset["train"]), try #require(other.dataset["train"]))
        let others = [
            (other, "the train split is \(there) there, \(here) here"),
            (Self.environment(contexts: "blip2.jsonl"), "contexts are from no file there, blip2.jsonl here"),
            (Self.environment(context: "a drawing"), "the contexts themselves are others"),
            (Self.environment(context: nil), "the contexts themselves are others"),
        ]
        for (environment, difference) in others {
            #expect(throws: RunError.otherConfiguration(path: url.path, differences: [difference])) {
                try resume(environment: environment)
            }
        }
    }

    @Test("A state and its tensors come back")
    func state() throws {
        let folder = try newRun()
        var state = TrainingState()
        (state.epoch, state.batch, state.step, state.seconds) = (2, 5, 41, 1.0 / 3)
        state.epochSeconds = 0.1
        state.best = TrainingState.Best(f1: 0.1 + 0.2, epoch: 1)
        try folder.save(state, tensors: ["a": Tensor([1, 2, 3] as [Float], shape: [3])])
        let saved = try #require(try resume().lastState())
        #expect(saved.state == state)
        #expect(saved.tensors.mapValues { $0.floats() } == ["a": [1, 2, 3]])
    }

    @Test("Rewinding drops what came after the step, and lines that were cut short")
    func rewind() throws {
        let folder = try newRun()
        let lines = [try step(1), try step(2), try step(3), try epoch(0), try step(4), try step(5)]
        func record(_ lines: [Metrics], continuingAt step: Int? = nil) throws {
            let recorder = try RunRecorder(folder, continuingAt: step)
            for line in lines { try recorder.record(line) }
        }
        try record(lines)
        #expect(try folder.readMetrics() == lines)
        let handle = try FileHandle(forWritingTo: folder.metrics)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"step":6,"epo"#.utf8))
        try handle.close()
        #expect(try folder.readMetrics() == lines)
        #expect(try folder.rewindMetrics(to: 4) == Array(lines.prefix(5)))
        try record([try step(5)], continuingAt: 4)
        #expect(try folder.readMetrics() == Array(lines.prefix(5)) + [try step(5)])
        try folder.rewindMetrics(to: 0)
        #expect(try folder.readMetrics().isEmpty)
        #expect(try Data(contentsOf: folder.metrics).isEmpty)
    }

    @Test("Every failure says what to do about it")
    func messages() {
        #expect("\(RunError.occupied(path: "runs/a"))".contains("--resume"))
        #expect("\(RunError.nothingToResume(path: "runs/a"))".contains("without --resume"))
        #expect("\(RunError.interrupted(step: 3, path: "runs/a"))".contains("--resume --output runs/a"))
        #expect("\(RunError.diverged(step: 3, checkpoint: nil))".contains("lower the learning rates"))
        #expect("\(RunError.diverged(step: 3, checkpoint: "c"))".contains("the last checkpoint is c"))
    }
}
