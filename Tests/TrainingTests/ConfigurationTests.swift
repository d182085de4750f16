import Extraction
import Foundation
import Support
import TestSupport
import Testing
import Training

@Suite("Configurations")
struct ConfigurationTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private static let folder = DataFolder.checkout.appending(path: "Configurations")

    static let files: [URL] = ["", "minilm"].flatMap { name in
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder.appending(path: name), includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "yaml" }
    }

    @Test("Every file of Configurations is read, and comes back from its own YAML", arguments: files)
    func shipped(_ file: URL) throws {
        let configuration = try TrainingConfiguration(contentsOf: file)
        #expect(try scratch.read(configuration.yaml) == configuration)
    }

    @Test("Documentation/Configuration.md has every key with its default")
    func documentation() throws {
        let file = DataFolder.checkout.appending(path: "Documentation/Configuration.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        var section = ""
        var expected: [String] = []
        for line in TrainingConfiguration().yaml.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if !line.hasPrefix(" ") { section = parts[1].isEmpty ? parts[0] + "." : "" }
            if !parts[1].isEmpty { expected.append("| `\(section)\(parts[0])` | `\(parts[1])` |") }
        }
        #expect(expected.count > 30)
        for row in expected { #expect(rows.contains { $0.hasPrefix(row) }, "\(row)") }
        #expect(rows.count == expected.count)
    }

    @Test("Documentation/Configuration.md has the range of every number")
    func ranges() throws {
        let file = DataFolder.checkout.appending(path: "Documentation/Configuration.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        var found = 0
        for row in rows {
            var configuration = TrainingConfiguration()
            do {
                try configuration.apply(overrides: ["\(row.split(separator: "`")[1])=?"])
            } catch ConfigurationError.badValue(_, let key, _, let expected) where expected.contains("number from ") {
                let range = expected.split(separator: "from ").last ?? ""
                // Every learning rate has the range of the first.
                #expect(row.contains(range) || row.contains("the rate of the"), "\(key): \(range)")
                found += 1
            } catch is ConfigurationError {
            }
        }
        #expect(found == 28)
    }

    @Test("The paper's experiments have the paper's values (section 4.2)")
    func paper() throws {
        for (name, rate) in [("twitter2015", 3e-4), ("twitter2017", 1e-4)] {
            let configuration = try TrainingConfiguration(contentsOf: Self.folder.appending(path: "\(name).yaml"))
            #expect(configuration.learningRate(of: "fusion.value.weight") == rate)
            #expect(configuration.learningRate(of: "textEncoder.layers.0.output.weight") == 5e-5)
            #expect(configuration.learningRate(of: "imageEncoder.stem.weight") == 5e-5)
            #expect(configuration.alignment.alpha == 0.2 && configuration.alignment.beta == 0.4)
            let training = configuration.training
            #expect(training.batchSize == 28 && training.patience == 7 && training.warmup == 0.05)
        }
    }

    @Test("What a file leaves out keeps its default; a file without anything is all defaults")
    func defaults() throws {
        for empty in ["", "\n\n", "# a comment\n", "---\n"] {
            #expect(try scratch.read(empty) == TrainingConfiguration())
        }
        var expected = TrainingConfiguration()
        expected.training.epochs = 3
        expected.learningRates["head.crf"] = 0.01
        expected.fusion.attention = .direct
        let read = try scratch.read(
            "training: {epochs: 3}\nlearningRates:\n  head.crf: 1e-2\nfusion:\n  attention: direct\n")
        #expect(read == expected)
        let nested = try scratch.read("learningRates: {fusion: {gate: 1e-3}}")
        #expect(nested.learningRate(of: "fusion.gate.weight") == 1e-3)
    }

    @Test("Every value comes back from YAML, whatever it is")
    func roundTrip() throws {
        var configuration = TrainingConfiguration()
        configuration.picture.encoder = "none"
        configuration.text.frozen = true
        configuration.alignment.method = .infonce
        configuration.alignment.estimator = .antithetic
        configuration.alignment.encoding = .separate
        configuration.task = .relations
        configuration.mre.markers = true
        configuration.alignment.pooling = .cls
        configuration.alignment.projection = .perceptron
        configuration.alignment.negatives = .sum
        (configuration.alignment.shared, configuration.alignment.players) = (true, .all)
        configuration.alignment.temperature = 0.07
        configuration.fusion.gate = .none
        (configuration.adapter.alpha, configuration.adapter.targets) = (0.5, ["query", "layer.1.output.dense"])
        configuration.fusion.paths = .picture
        (configuration.wordPair.reduction, configuration.head.syntax) = (.sum, false)
        (configuration.training.passes, configuration.training.limit) = (3, 250)
        configuration.training.hiddenPicture = 0.25
        (configuration.training.dropPicture, configuration.training.dropContext) = (0.5, 0.25)
        (configuration.training.precision, configuration.training.kernels) = (.fp32, .mkl)
        configuration.training.seed = Int(UInt32.max)
        configuration.training.weightDecay = 1.0 / 3
        configuration.learningRates.merge(["default": 1e-20, "textEncoder.layers.0": 0.5, "head.crf": 0]) { $1 }
        let paths = [
            "", "models/bert base", "a: b", "#1", "it's", "\"quoted\"", "- x", "{}", "~", "null", "true", "1e3",
            "C:\\models",
            "模型/bert", "@home", "*star", "a #b", " lead", "trail ", "%x", "|", "tab\there",
        ]
        for path in paths {
            configuration.text.encoder = path
            configuration.picture.weights = path
            #expect(try scratch.read(configuration.yaml) == configuration, "\(path)")
        }
    }

    @Test("A run that recorded no value for a key that is newer than it goes on without what the key brings")
    func recordedByEarlierVersions() throws {
        let recorded = "alignment: {alpha: 0.2, beta: 0.4}\ntraining: {epochs: 3}\n"
        let earlier = try TrainingConfiguration(yaml: recorded, place: "config.yaml", onto: .earlier)
        #expect(earlier.alignment.negatives == .sum && earlier.fusion.paths == .picture)
        #expect(earlier.data.isEmpty && earlier.training.dropPicture == 0 && earlier.training.dropContext == 0)
        #expect(earlier.training.hiddenPicture == 0 && earlier.alignment.alpha == 0.2 && earlier.training.epochs == 3)
        let today = try scratch.read(recorded)
        #expect(today.alignment.negatives == .mean && today.fusion.paths == .both)
        #expect(today.training.hiddenPicture == 0.5)
    }

    @Test("An unknown key is refused where it stands, with the nearest known one")
    func unknownKeys() {
        #expect(
            scratch.complaint("text:\n  frozen: true\ntraining:\n  epoch: 3\n")
                == "config.yaml:4: unknown key training.epoch; did you mean training.epochs?")
        #expect(
            scratch.complaint("fusions:\n  width: 64\n")
                == "config.yaml:2: unknown key fusions.width; did you mean fusion.width?")
        #expect(scratch.complaint("zzzzzzzzzz: 1\n") == "config.yaml:1: unknown key zzzzzzzzzz")
        #expect(scratch.complaint("learningRates: 1e-4\n").hasPrefix("config.yaml:1: unknown key learningRates"))
        let nameless = scratch.complaint("learningRates:\n  \"\": 1e-4\n")
        #expect(nameless.hasPrefix("config.yaml:2: unknown key learningRates."))
        #expect(scratch.complaint("training:\n").hasPrefix("config.yaml:1: unknown key training"))
    }

    @Test("A value that a setting cannot take is refused where it stands, with what it should be")
    func badValues() {
        #expect(
            scratch.complaint("training:\n  epochs: many\n")
                == "config.yaml:2: training.epochs is \"many\", but should be a whole number from 1 to 10000")
        for (line, expected) in [
            ("training: {epochs: 0}", "a whole number"), ("training: {epochs: 2.5}", "a whole number"),
            ("training: {warmup: 1.01}", "a number from 0 to 1"), ("training: {warmup: nan}", "a number"),
            ("training: {dropout: inf}", "a number"), ("training: {precision: fp8}", "one of auto, fp32, bf16"),
            ("text: {frozen: maybe}", "true or false"), ("learningRates: {default: -1}", "a number from 0 to"),
            ("alignment: {method: [shapley]}", "one value"), ("alignment: {temperature: 0}", "a number from 0.001"),
            ("training: {batchSize: 99999999999999999999}", "a whole number"),
            ("fusion: {gate: ~}", "one of context, none"), ("fusion: {paths: none}", "one of picture, both"),
            ("alignment: {shared: 2}", "true or false"), ("adapter: {rank: -1}", "a whole number from 0"),
            ("adapter: {targets: 'query, '}", "names of letters"), ("adapter: {targets: [[query]]}", "a list of names"),
            ("alignment: {players: few}", "one of labelled, all"), ("wordPair: {reduction: max}", "one of mean, sum"),
            ("training: {passes: 0}", "a whole number from 1"), ("training: {limit: -1}", "a whole number from 0"),
            ("training: {hiddenPicture: -0.1}", "a number from 0 to"),
            ("training: {dropPicture: 1.5}", "a number from 0 to 1"),
        ] {
            #expect(scratch.complaint(line + "\n").contains("should be \(expected)"), "\(line)")
            #expect(scratch.complaint(line + "\n").hasPrefix("config.yaml:1: "), "\(line)")
        }
    }

    @Test("What is no configuration at all is said to be none")
    func otherFiles() throws {
        #expect(scratch.complaint("hello\n").contains("is not a configuration"))
        #expect(scratch.complaint("- a\n- b\n").contains("is not a configuration"))
        #expect(scratch.complaint("training: {epochs: 3\n").contains("is not YAML"))
        #expect(scratch.complaint("training:\n\tepochs: 3\n").contains("is not YAML"))
        #expect(scratch.complaint("text: {frozen: true}\ntext: {frozen: false}\n").contains("is not YAML"))
        #expect(throws: ConfigurationError.self) { try TrainingConfiguration(contentsOf: scratch["absent.yaml"]) }
        #expect(throws: ConfigurationError.self) { try TrainingConfiguration(contentsOf: scratch.url) }
    }

    @Test("Random bytes are refused or read, never more")
    func randomBytes() throws {
        var generator = SplitMix64(state: 7)
        let alphabet = Array("abc:{}[]-#&*!|>'\"%@` \n\t?,0123~\u{0}é".utf8)
        for round in 0..<400 {
            let length = Int.random(in: 0...80, using: &generator)
            let bytes = (0..<length).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: 0...255, using: &generator) : alphabet.randomElement(using: &generator) ?? 0
            }
            let file = try scratch.write(Data(bytes), to: "random.yaml")
            do {
                _ = try TrainingConfiguration(contentsOf: file)
            } catch let error as ConfigurationError {
                #expect(error.description.contains("random.yaml"))
            }
        }
    }

    @Test("Overrides are applied in order, after the file")
    func overrides() throws {
        var configuration = try scratch.read("training: {epochs: 3}")
        try configuration.apply(overrides: [
            "training.epochs=4", "training.epochs=5", "learningRates.head.crf=0.01", "text.encoder=a=b",
            "picture.weights=",
        ])
        #expect(configuration.training.epochs == 5)
        #expect(configuration.learningRate(of: "head.crf.start") == 0.01)
        #expect(configuration.text.encoder == "a=b" && configuration.picture.weights.isEmpty)
        // Neither alone would do.
        try configuration.apply(overrides: ["fusion.heads=3", "fusion.width=33"])
        #expect(configuration.fusion.width == 33)
    }

    @Test(
        "A bad override is refused in its own words",
        arguments: [
            ("training.epochs", "--set: training.epochs"), ("training.epoch=3", "did you mean training.epochs?"),
            ("=3", "unknown key"), ("training.epochs=", "a whole number"), ("learningRates.=1", "unknown key"),
            ("", "written as key=value"),
        ])
    func badOverrides(_ override: String, _ words: String) {
        var configuration = TrainingConfiguration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.apply(overrides: [override]) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(
        "Settings that cannot go together are refused",
        arguments: [
            ["fusion.heads=3"],
            ["alignment.via=direct", "picture.encoder=none"],
            ["context.enabled=false"],
            ["adapter.rank=8", "text.frozen=true"],
        ])
    func contradictions(_ overrides: [String]) throws {
        var configuration = TrainingConfiguration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.apply(overrides: overrides) }
        guard case .contradiction = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        var consistent = TrainingConfiguration()
        try consistent.apply(overrides: overrides + ["alignment.method=none", "fusion.heads=4", "adapter.rank=0"])
    }

    @Test("Names are a list or a text with commas")
    func names() throws {
        for names in ["[query, layer.1.output.dense]", "'query,layer.1.output.dense'"] {
            let read = try scratch.read("adapter: {targets: \(names)}")
            #expect(read.adapter.targets == ["query", "layer.1.output.dense"])
        }
        for yaml in ["[]", "''"] { #expect(try scratch.read("adapter: {targets: \(yaml)}").adapter.targets.isEmpty) }
        var configuration = TrainingConfiguration()
        try configuration.apply(overrides: ["adapter.targets=query, value"])
        #expect(configuration.adapter.targets == ["query", "value"])
    }

    @Test("A parameter learns at the rate of the longest prefix of its path, counted in whole names")
    func learningRates() throws {
        var configuration = TrainingConfiguration()
        configuration.learningRates = ["default": 1, "text": 2, "textEncoder": 3, "textEncoder.layers.1": 4]
        let rates = [
            "head.crf.start": 1.0, "textEncoder.embeddings.words.weight": 3, "textEncoder.layers.0.output.bias": 3,
            "textEncoder.layers.1.output.bias": 4, "textEncoder.layers.10.output.bias": 3, "textEncoder": 3,
        ]
        for (path, rate) in rates { #expect(configuration.learningRate(of: path) == rate, "\(path)") }
    }
}
