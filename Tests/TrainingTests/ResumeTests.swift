import Corpus
import Extraction
import Foundation
import Testing
import Torch
import Training
import TrainingTestSupport

@Suite("A run that is interrupted and resumed")
struct ResumeTests {
    private let run: TinyRun

    init() throws {
        run = try TinyRun()
    }

    private func expectSameRun(_ folder: String, _ reference: String = "whole") throws {
        let steps = try run.steps(of: folder)
        #expect(steps.map(\.step) == Array(1...(3 * TinyRun.stepsPerEpoch)))
        #expect(try steps == run.steps(of: reference))
        #expect(try run.epochs(of: folder) == run.epochs(of: reference))
        let (resumed, whole) = (try run.checkpoint(of: folder), try run.checkpoint(of: reference))
        #expect(resumed.keys == whole.keys)
        let changed = resumed.filter { $0.value != whole[$0.key] }.keys.sorted()
        #expect(changed.isEmpty)
    }

    @Test("Stopped after any step, it goes on as if nothing had happened: same losses, scores, weights and moments")
    func stopped() throws {
        let outcome = try run.train("whole")
        // Early, at the end of an epoch before its validation, in the middle of the next.
        for step in [1, TinyRun.stepsPerEpoch, TinyRun.stepsPerEpoch + 3] {
            let folder = "stopped-\(step)"
            #expect(throws: RunError.interrupted(step: step, path: run.scratch[folder].path)) {
                try run.train(folder, stopAfter: step)
            }
            #expect(try run.steps(of: folder).count == step)
            #expect(try run.train(folder, resuming: true).best == outcome.best)
            try expectSameRun(folder)
        }
    }

    @Test("Killed between two checkpoints, with a line cut short, it takes the lost steps again")
    func killed() throws {
        try run.train("whole") { event in
            switch event {
            case .step(let step, _) where step.step == 3:
                try run.copyFolder("whole", to: "killed-early")
            case .step(let step, _) where step.step == 2 * TinyRun.stepsPerEpoch - 1:
                try run.copyFolder("whole", to: "killed-late")
            default: break
            }
        }
        for (folder, checkpointStep) in [("killed-early", 0), ("killed-late", TinyRun.stepsPerEpoch)] {
            let metrics = try FileHandle(forWritingTo: run.scratch["\(folder)/metrics.jsonl"])
            try metrics.seekToEnd()
            try metrics.write(contentsOf: Data(#"{"step": 11, "epoch": 1, "lo"#.utf8))
            try metrics.close()
            var resumedAt = 0
            try run.train(folder, resuming: true) { event in
                if case .resumed(let state) = event { resumedAt = state.step }
            }
            #expect(resumedAt == checkpointStep)
            try expectSameRun(folder)
        }
    }

    @Test("Killed between the checkpoint of a best epoch and its model, it writes the model")
    func killedBeforeModel() throws {
        var isBestLast = false
        try run.train("whole") { event in
            guard case .epoch(let epoch, let isBest) = event, epoch.epoch == 0 else { return }
            isBestLast = isBest
            try run.copyFolder("whole", to: "killed")
        }
        #expect(isBestLast, "the first epoch is the best so far")
        let file = run.scratch["killed/model/model.safetensors"]
        let weights = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        #expect(throws: RunError.self) { try run.train("killed", resuming: true, stopAfter: 1) }
        #expect(try Data(contentsOf: file) == weights)
    }

    @Test("Killed before its first checkpoint, it gets all that a model folder has")
    func killedBeforeCheckpoint() throws {
        run.configuration.training.epochs = 1
        _ = try run.session()
        try FileManager.default.removeItem(at: run.scratch["run/model"])
        try run.train(resuming: true)
        _ = try Extractor(modelFolder: run.scratch["run/model"])
    }

    @Test("A checkpoint that does not fit leaves the best model as it was")
    func otherModel() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: TinyRun.stepsPerEpoch + 1) }
        var other = run.dataset
        other.splits[.train]?.removeAll { post in post.entities.contains { $0.type == "ORG" } }
        let environment = RunEnvironment(device: .cpu, dataset: other, contexts: nil)
        try JSONEncoder().encode(environment).write(to: run.scratch["run/environment.json"])
        let session = try TrainingSession(
            run.configuration, dataset: other, contexts: nil, output: run.scratch["run"], device: .cpu,
            resuming: true, card: TinyRun.card)
        #expect(throws: RunError.self) {
            _ = try session.run()
        }
        _ = try Extractor(modelFolder: run.scratch["run/model"])
    }

    @Test("A run keeps the engines and the precision that were chosen for it, and says where the machine is another")
    func kernels() throws {
        (run.configuration.training.precision, run.configuration.training.kernels) = (.auto, .auto)
        defer { KernelChoice.unmeasured.use() }
        #expect(throws: RunError.self) { try run.train(stopAfter: 1) }
        let file = run.scratch["run/environment.json"]
        var environment = try JSONDecoder().decode(RunEnvironment.self, from: Data(contentsOf: file))
        var kernels = try #require(environment.kernels)
        #expect(kernels.precision != .auto && kernels.choice.entries.count > 3)
        #expect(try run.session(resuming: true).notes.allSatisfy { !$0.contains("another machine") })
        kernels.precision = .bf16
        environment.kernels = kernels
        environment.machine?.processor = "another"
        try JSONEncoder().encode(environment).write(to: file)
        let session = try run.session(resuming: true)
        #expect(session.extractor.precision == .bfloat16)
        #expect(session.notes.contains { $0.contains("another machine") })
    }

    @Test("An epoch that was stopped has the posts and the seconds of both sittings", arguments: [true, false])
    func epochOfTwoSittings(areSecondsKnown: Bool) throws {
        run.configuration.training.epochs = 1
        for step in [2, TinyRun.stepsPerEpoch] {
            let name = "stopped-\(step)"
            #expect(throws: RunError.self) { try run.train(name, stopAfter: step) }
            let folder = try run.session(name, resuming: true).folder
            var saved = try #require(try folder.lastState())
            if !areSecondsKnown { saved.state.epochSeconds = nil }
            try folder.save(saved.state, tensors: saved.tensors)
            var recorded: Metrics.Epoch?
            try run.train(name, resuming: true) { event in
                if case .epoch(let epoch, _) = event { recorded = epoch }
            }
            let epoch = try #require(recorded)
            #expect(saved.state.seconds > 0 && epoch.trainingSeconds >= saved.state.seconds)
            #expect(abs(epoch.postsPerSecond * epoch.trainingSeconds - 48) < 1e-6)
        }
    }

    @Test("Sampled games and dropout draw the same numbers, in bf16 too")
    func random() throws {
        run.configuration.alignment.estimator = .cyclic
        run.configuration.training.precision = .bf16
        try run.train("whole")
        #expect(throws: RunError.self) { try run.train("stopped", stopAfter: 8) }
        try run.train("stopped", resuming: true)
        try expectSameRun("stopped")
    }

    @Test("Games of all posts go on beside a task that learns from a few, amid an epoch of several passes too")
    func allPlayers() throws {
        // Three batches a pass.
        (run.configuration.training.limit, run.configuration.training.passes) = (20, 2)
        run.configuration.alignment.players = .all
        try run.train("whole")
        #expect(try run.steps(of: "whole").contains { $0.text != nil })
        for step in [2, TinyRun.stepsPerEpoch + 4] {
            let folder = "stopped-\(step)"
            #expect(throws: RunError.interrupted(step: step, path: run.scratch[folder].path)) {
                try run.train(folder, stopAfter: step)
            }
            try run.train(folder, resuming: true)
            try expectSameRun(folder)
        }
    }

    @Test("A finished run has nothing left to do, and says what it reached")
    func finished() throws {
        let outcome = try run.train("whole")
        let steps = try run.steps(of: "whole")
        var isResumed = false
        let again = try run.train("whole", resuming: true) { event in
            switch event {
            case .resumed: isResumed = true
            case .warning(let warning): #expect(warning.contains(" does not tell own pairs from others: "))
            default: Issue.record("\(event)")
            }
        }
        #expect(isResumed)
        #expect(again.best == outcome.best && again.steps == outcome.steps)
        #expect(try run.steps(of: "whole") == steps)
    }

    @Test("A run that ends without a best model says so")
    func withoutModel() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: 2) }
        let folder = try run.session(resuming: true).folder
        var saved = try #require(try folder.lastState())
        (saved.state.epoch, saved.state.batch, saved.state.best) = (3, 0, nil)
        try folder.save(saved.state, tensors: saved.tensors)
        #expect(throws: RunError.withoutModel(path: run.scratch["run"].path)) { try run.train(resuming: true) }
    }

    @Test("Metrics that somebody removes or replaces are written on")
    func replacedMetrics() throws {
        let file = run.scratch["run/metrics.jsonl"]
        try run.train { event in
            guard case .step(let step, _) = event else { return }
            if step.step == 3 { try FileManager.default.removeItem(at: file) }
            if step.step == 5 { try Data(contentsOf: file).write(to: file, options: .atomic) }
        }
        #expect(try run.steps(of: "run").map(\.step) == Array(4...(3 * TinyRun.stepsPerEpoch)))
    }

    @Test("A damaged checkpoint is named")
    func damaged() throws {
        #expect(throws: RunError.self) { try run.train("run", stopAfter: 2) }
        let file = run.scratch["run/checkpoint.safetensors"]
        let whole = try Data(contentsOf: file)
        for bytes in [Data(), whole.prefix(whole.count / 2), Data("random bytes".utf8)] {
            try bytes.write(to: file)
            let error = #expect(throws: RunError.self) { try run.train("run", resuming: true) }
            #expect(error?.description.contains(file.path) == true)
        }
        try saveSafetensors(["model.head.crf.start": .zeros([2])], metadata: ["state": "{}"], to: file)
        #expect(throws: RunError.self) { try run.train("run", resuming: true) }
    }

    @Test("A checkpoint without the state of random numbers is refused: others would be drawn")
    func lostRandomState() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: 2) }
        let folder = try run.session(resuming: true).folder
        let saved = try #require(try folder.lastState())
        try folder.save(saved.state, tensors: saved.tensors.filter { $0.key != "random.cpu" })
        let error = #expect(throws: RunError.self) { try run.train(resuming: true) }
        #expect(error?.description.contains("random.cpu") == true)
    }

    @Test("Other data are refused: the run would not be the same")
    func otherData() throws {
        #expect(throws: RunError.self) { try run.train("run", stopAfter: 2) }
        var other = run.dataset
        other.splits[.train]?.removeLast()
        let error = #expect(throws: RunError.self) {
            _ = try TrainingSession(
                run.configuration, dataset: other, contexts: nil, output: run.scratch["run"], device: .cpu,
                resuming: true, card: TinyRun.card)
        }
        #expect(error?.description.contains("the train split is") == true)
    }
}
