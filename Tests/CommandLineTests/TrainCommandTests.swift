import Foundation
import TestSupport
import Testing

@Suite("shapca train")
struct TrainCommandTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private func train(_ folder: String, _ more: String...) throws -> Program.Outcome { try train(folder, more) }

    private func train(_ folder: String, _ more: [String]) throws -> Program.Outcome {
        try Program.run(Workshop.training(scratch[folder]) + more)
    }

    /// Trains until some steps of the second epoch are taken, then sends a signal.
    private func train(_ folder: String, until signal: Int32, _ more: [String] = []) throws -> Program.Outcome {
        var isSent = false
        return try Program.run(Workshop.training(scratch[folder]) + more) { process in
            guard !isSent, steps(of: folder).count >= 8 else { return }
            isSent = true
            kill(process, signal)
        }
    }

    /// The lines of steps, which have no times in them.
    private func steps(of folder: String) -> [String] {
        let metrics = try? String(contentsOf: scratch[folder].appending(path: "metrics.jsonl"), encoding: .utf8)
        return (metrics ?? "").split(separator: "\n").map(String.init).filter { $0.contains("\"gradientNorm\"") }
    }

    @Test("A run says what it does on standard error and what came out on standard output")
    func trains() throws {
        let outcome = try Workshop.trained()
        let gold = TinyCorpus.lines(18, seed: 1).joined().matches(of: /"start"/).count
        #expect(outcome.lines.count == 1 && outcome.output.hasPrefix("best validation F1 "))
        #expect(outcome.errors.contains("parameters (text encoder"))
        #expect(outcome.errors.contains("epoch 1  loss ") && outcome.errors.contains("(\(gold) gold)"))
        #expect(!outcome.errors.contains("\u{1B}"))
    }

    @Test("Data that the configuration lists are trained on, kept in the run, validated and evaluated")
    func list() throws {
        _ = try Workshop.training(scratch["run"])
        let company = /\{"start":\d+,"end":\d+,"type":"ORG"\},?/
        for (split, seed) in [("train", 5), ("valid", 6), ("test", 7)] as [(String, UInt64)] {
            let lines = TinyCorpus.lines(24, seed: seed).map {
                $0.replacing(company, with: "").replacing("},]", with: "}]").replacing("\"PER\"", with: "\"person\"")
            }
            try scratch.write(lines.joined(separator: "\n"), to: "data/bare/\(split).jsonl")
        }
        let settings = try String(contentsOf: Workshop.configuration, encoding: .utf8)
        func list(_ types: String) -> String {
            """
            data:
              - path: \(Workshop.corpus.path)
              - {path: data/bare, map: {person: PER}, types: [\(types)], weight: 2}

            """ + settings
        }
        let file = try scratch.write(list("LOC, PER"), to: "several.yaml")
        let command = ["train", file.path, "--output", scratch["run"].path, "--set", "training.epochs=2"]
        let outcome = try Program.run(command)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("bare: 24 posts to learn from with weight 2.0, annotated with LOC, PER; where it"))
        #expect(steps(of: "run").count == 2 * 12)
        let kept = try String(contentsOf: scratch["run/config.yaml"], encoding: .utf8)
        #expect(kept.contains("path: '\(scratch["data/bare"].path)'"), "\(kept)")
        #expect(try Program.run(command + ["--resume"]).status == 0)
        // The run's own configuration names the same data.
        let resumed = try Program.run(
            "train", scratch["run/config.yaml"].path, "--output", scratch["run"].path, "--resume")
        #expect(resumed.status == 0, "\(resumed.errors)")

        let evaluated = try Program.run(
            "evaluate", "--model", scratch["run/model"].path, "--data", file.path, "--split", "valid")
        #expect(evaluated.status == 0 && evaluated.output.contains("data set bare\n"), "\(evaluated.errors)")
        let validated = try Program.run("data", "validate", file.path)
        // "nobody is here today" is in every split: of two data sets, each has two splits that leak into the other.
        let verdict = "\nall together: valid, errors 0, warnings 4\n"
        #expect(validated.status == 0 && validated.output.hasSuffix(verdict), "\(validated.output)")
        try scratch.write(list("LOC, PRE"), to: "several.yaml")
        let checked = try Program.run("data", "validate", file.path)
        #expect(checked.status == 1 && checked.output.contains("names the type \"PRE\""), "\(checked.output)")
        let wrong = try Program.run(command)
        #expect(wrong.failed(saying: "data set bare: types names the type \"PRE\"", "did you mean \"PER\"?"))
        let named = try Program.run(command.dropLast(2) + ["--data", Workshop.corpus.path, "--describe"])
        #expect(named.status == 0, "--data replaces the list: \(named.errors)")
        let mixed = try Program.run(command + ["--images", scratch.url.path])
        #expect(mixed.status == 64 && mixed.errors.contains("--contexts and --images are for one data set"))
        let none = try Program.run("train", Workshop.configuration.path, "--output", scratch["none"].path)
        #expect(none.status == 64 && !none.hasCrashed && none.output.isEmpty)
        #expect(none.errors.hasPrefix("Error: Missing expected argument '--data <folder>'"))
        #expect(none.errors.contains("\nUsage: shapca"))
    }

    @Test("The same command twice does not write over the first run")
    func occupied() throws {
        #expect(try train("run", "--set", "training.epochs=1").status == 0)
        let before = steps(of: "run")
        #expect(try train("run", "--set", "training.epochs=1").failed(saying: "--resume", "--output"))
        #expect(steps(of: "run") == before && before.count == 6)
    }

    @Test(
        "Ctrl-C saves and ends with 130; what was killed or stopped goes on exactly",
        arguments: [SIGINT, SIGTERM, SIGKILL])
    func interrupted(_ signal: Int32) throws {
        // Each run would else measure for itself which engine is the fastest, and engines round differently.
        let engine = ["--set", "training.kernels=mkl"]
        #expect(try train("whole", engine).status == 0)
        let outcome = try train("run", until: signal, engine)
        if signal == SIGKILL {
            #expect(outcome.hasCrashed)
        } else {
            #expect(outcome.status == 130 && !outcome.hasCrashed)
            #expect(outcome.errors.contains("continue with --resume --output \(scratch["run"].path)"))
        }
        #expect(steps(of: "run").count < steps(of: "whole").count)
        let resumed = try train("run", engine + ["--resume"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("continuing after step"))
        #expect(steps(of: "run") == steps(of: "whole"))
        let models = try ["run", "whole"].map { try Data(contentsOf: scratch["\($0)/model/model.safetensors"]) }
        #expect(models[0] == models[1])
    }

    @Test("Resuming what is not there, or with other settings, is refused with the key")
    func badResume() throws {
        #expect(try train("run", "--resume").failed(saying: "holds no run"))
        #expect(try train("run", until: SIGINT).status == 130)
        let other = try train("run", "--resume", "--set", "training.seed=5")
        #expect(other.failed(saying: "training.seed is 1 there, 5 here"), "\(other.errors)")
    }

    @Test("A disk that fills up ends the run with the file's name; the checkpoint before is whole and goes on")
    func fullDisk() throws {
        // Wide enough for a checkpoint that is larger than every other file.
        let wide = ["--set", "fusion.width=512", "--set", "training.epochs=3"]
        #expect(try train("run", until: SIGINT, wide).status == 130)
        let checkpoint = scratch["run/checkpoint.safetensors"]
        let before = try Data(contentsOf: checkpoint)
        #expect(before.count > 9 << 20)
        let training = try Workshop.training(scratch["run"], "--resume") + wide
        let full = try Program.run(training, largestFile: 8 << 10)
        #expect(full.status == 1 && !full.hasCrashed)
        #expect(full.errors.contains("Error: \(checkpoint.path) cannot be written: the disk is full"), "\(full.errors)")
        #expect(try Data(contentsOf: checkpoint) == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch["run"].path).filter { $0.hasPrefix(".") }
        #expect(left.isEmpty)
        #expect(try Program.run(training).status == 0)
    }

    @Test("A configuration, data or folder that cannot be used ends in one sentence before anything is written")
    func refusals() throws {
        #expect(try train("run", "--set", "training.epoch=1").failed(saying: "did you mean training.epochs?"))
        #expect(try train("run", "--set", "learningRates.txtEncoder=1").failed(saying: "did you mean textEncoder?"))
        #expect(try train("run", "--set", "text.encoder=nowhere").failed(saying: "text.encoder is nowhere"))
        #expect(try train("run", "--set", "picture.encoder=resnet9").failed(saying: "resnet9"))
        #expect(try train("run", "--set", "picture.encoder=resnet50").failed(saying: "picture.weights"))
        #expect(try train("run", "--set", "text.maximumLength=500").failed(saying: "48 positions"))
        #expect(try train("run", "--contexts", "absent.jsonl").failed(saying: "absent.jsonl"))
        let bad = try scratch.write("training:\n  epochs: few\n", to: "bad.yaml")
        let outcome = try Program.run(
            "train", bad.path, "--data", Workshop.corpus.path, "--output", scratch["run"].path)
        #expect(outcome.failed(saying: "bad.yaml:2: training.epochs is \"few\""))
        #expect(!FileManager.default.fileExists(atPath: scratch["run"].path))
        try scratch.write("", to: "file")
        #expect(try train("file/run").failed(saying: "cannot be written: not a directory"))
    }

    @Test("Data with an error are refused by file and line; entities that overlap are named and left out")
    func badData() throws {
        func data(_ line: String) throws -> Program.Outcome {
            try TinyCorpus.write(to: scratch["data"])
            let good = try String(contentsOf: scratch["data/train.jsonl"], encoding: .utf8)
            try scratch.write(good + line + "\n", to: "data/train.jsonl")
            return try Program.run(
                "train", Workshop.configuration.path, "--data", scratch["data"].path, "--output", scratch["run"].path)
        }
        _ = try Workshop.training(scratch["run"])
        #expect(try data("{").failed(saying: "train.jsonl:49"))
        let overlapping = try data(
            #"{"tokens": ["a", "b"], "entities": [{"start": 0, "end": 2, "type": "A"}, {"start": 1, "end": 2, "type": "B"}]}"#
        )
        #expect(overlapping.status == 0 && overlapping.errors.contains("train.jsonl:49"), "\(overlapping.errors)")
        #expect(overlapping.errors.contains("1 entities share words with one before them"))
    }

    @Test("Data without anything to find is refused with what may be wrong with it")
    func nothingToLearn() throws {
        for split in ["train", "valid"] {
            try scratch.write(#"{"tokens": ["Anna"], "entity": [{"start": 0, "end": 1}]}"#, to: "odd/\(split).jsonl")
        }
        let outcome = try Program.run(
            "train", Workshop.configuration.path, "--data", scratch["odd"].path, "--output", scratch["run"].path)
        #expect(outcome.failed(saying: "train split of odd has no entities", "unknown fields"), "\(outcome.errors)")
    }
}
