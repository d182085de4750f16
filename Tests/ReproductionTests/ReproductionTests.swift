import Evaluation
import Foundation
import Reproduction
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// Tables of the paper over a tiny corpus that stands for JMERE.
@Suite("Reproduction")
struct ReproductionTests {
    private let run: TinyRun
    private let scratch: TemporaryFolder

    init() throws {
        run = try TinyRun(relations: true)
        scratch = run.scratch
        try TinyCorpus.write(to: scratch["data/jmere"], image: "absent.jpg", relations: true)
        let context = #"{"image": "absent.jpg", "context": "a photo of a person"}"# + "\n"
        // What could not be described, and a file without a name, are no generators.
        for name in ["contexts.blip2", "contexts.llava", "contexts.llava.failures", "contexts"] {
            try Data(context.utf8).write(to: scratch["data/jmere/\(name).jsonl"])
        }
        run.configuration.task = .joint
        run.configuration.training.epochs = 2
        try FileManager.default.createDirectory(at: scratch["configurations"], withIntermediateDirectories: true)
        try Data(run.configuration.yaml.utf8).write(to: scratch["configurations/jmere.yaml"])
    }

    private func plan(
        _ experiment: Experiment, datasets: [StudyDataset] = [.jmere], rows: [String] = [],
        seeds: ClosedRange<Int> = 1...1,
        settings: [String] = []
    ) throws -> ReproductionPlan {
        try ReproductionPlan(
            ReproductionPlan.Request(
                experiment, data: scratch["data"], configurations: scratch["configurations"],
                datasets: datasets, rows: rows, seeds: seeds, settings: settings))
    }

    /// Puts the picture of all posts where MNRE has it.
    private func writePicture() throws {
        try scratch.write("", to: "data/mnre/images/absent.jpg")
    }

    private func reproduction(_ plan: ReproductionPlan) -> Reproduction {
        Reproduction(plan, output: scratch["out"], device: .cpu)
    }

    @Test("A plan has a run for every row and seed, and says what cannot be had without pictures")
    func plans() throws {
        let plan = try plan(.table1, seeds: 1...2)
        let names = plan.runs.filter { $0.seed == 1 }.map(\.variant.name)
        #expect(
            names == [
                "Baseline (text and context)", "Baseline, bare (text and context, head only)", "w/o context in fusion",
                "w/o Shapley value (InfoNCE)", "w/o alignment", "w/o word-pair contrast", "Shap-CA (cyclic)",
                "Shap-CA (exact)",
            ])
        #expect(plan.runs.count == 16 && plan.runs.prefix(8).allSatisfy { $0.seed == 1 })
        #expect(plan.runs.allSatisfy { $0.generator == "llava" })
        #expect(plan.notes.contains { $0.contains("no pictures") })
        #expect(plan.notes.contains { $0.contains("w/o context in alignment") })
        #expect(try self.plan(.table3).runs.map(\.generator) == ["blip2", "llava"])
        #expect(try self.plan(.table1, rows: ["INFONCE", "cyclic"]).runs.count == 2)
        let baseline = try self.plan(.table1, rows: ["Baseline (text and context)"]).runs.map(\.variant.name)
        #expect(baseline == ["Baseline (text and context)"], "the name of a row asks for that row alone")
        #expect(try self.plan(.table1, rows: ["baseline"]).runs.count == 2)
        #expect(throws: ReproductionError.noRows(["dragons"])) { try self.plan(.table3, rows: ["dragons"]) }
        let sweep = try self.plan(.figure3)
        #expect(sweep.runs.count == 6 && sweep.notes.contains { $0.contains("alpha 0.2, beta 0.6") })
        #expect(try self.plan(.alignment).runs.count == 10)
        #expect(throws: ReproductionError.noTransfer("JMERE")) { try self.plan(.table5) }
        let estimators = try self.plan(.estimators, settings: ["training.batchSize=28"]).runs
        #expect(Set(estimators.map(\.path)).count == 16)
        let encoders = try self.plan(.encoders).runs.map(\.configuration)
        #expect(encoders.map(\.text.encoder) == ["minilm-l6-v2", "minilm-l6-v2", "mpnet", "mpnet"])
        #expect(encoders.map { $0.learningRates["textEncoder"] } == [5e-4, 2e-3, 2e-4, 1e-3])
        #expect(encoders.allSatisfy { $0.adapter.rank == 8 && $0.training.epochs == 2 })
        #expect(throws: ConfigurationError.self) { try self.plan(.table2, settings: ["training.epoch=1"]) }
        #expect(throws: ReproductionError.self) {
            try ReproductionPlan(
                ReproductionPlan.Request(
                    .table1, data: scratch["data"], configurations: scratch["configurations"],
                    datasets: [.mnre]))
        }
    }

    @Test("Runs compute alike on every machine, unless a setting says how")
    func computesAlike() throws {
        let kept = try plan(.table1).runs.map(\.configuration.training)
        #expect(kept.allSatisfy { $0.precision == .bf16 && $0.kernels == .oneDNN })
        let chosen = try plan(.table1, settings: ["training.precision=fp32"]).runs.map(\.configuration.training)
        #expect(chosen.allSatisfy { $0.precision == .fp32 && $0.kernels == .oneDNN })
    }

    @Test("A dataset of one's own gets the rows of its task, with the contexts that its posts bring along")
    func ownDataset() throws {
        try TinyCorpus.write(to: scratch["data/mine"], image: "absent.jpg")
        var configuration = run.configuration
        configuration.task = .entities
        configuration.training.epochs = 1
        try Data(configuration.yaml.utf8).write(to: scratch["configurations/mine.yaml"])
        let plan = try ReproductionPlan(
            ReproductionPlan.Request(
                .table1, data: scratch["data"], configurations: scratch["configurations"],
                datasets: [StudyDataset(rawValue: "mine")], rows: ["(text"], seeds: 1...1))
        #expect(
            plan.runs.map(\.variant.name) == ["BERT + CRF (text only)", "Baseline (text and context)"] + [
                "Baseline, bare (text and context, head only)"
            ])
        #expect(plan.runs.allSatisfy { $0.generator == "own" })
        #expect(try reproduction(plan).run { _ in }.isEmpty)
        let lines = ResultTable(plan, results: try reproduction(plan).results()).lines
        #expect(lines.allSatisfy { $0.measure == .entities } && lines.map(\.contexts) == [0, 13, 13])
        #expect(lines.allSatisfy { $0.published == nil })
    }

    @Test("Where MNRE's pictures are, JMERE has pictures")
    func picturesOfMNRE() throws {
        try writePicture()
        let plan = try plan(.table2, settings: ["picture.encoder=efficientnet-lite0"])
        #expect(plan.notes.isEmpty && plan.runs.map(\.variant.name).contains("w/o image"))
    }

    @Test("Without pictures a table leaves out the rows that need them, and says why")
    func rowsThatNeedPictures() throws {
        func reasons(_ experiment: Experiment) throws -> [String] { Array(try plan(experiment).notes.dropFirst()) }
        let direct = "w/o context in alignment aligns pictures with texts and is left out without pictures"
        let blind = "w/o image is what Shap-CA (exact) is where there are no pictures"
        #expect(try reasons(.table1) == [direct] && reasons(.table2) == [blind])
        #expect(
            try reasons(.figure3)
                == [0.0, 0.2, 0.6, 0.8, 1.0].map { beta in
                    "alpha 0.2, beta \(beta) is what alpha 0.2, beta 0.4 is where there are no pictures"
                })
        #expect(try reasons(.table3).isEmpty && reasons(.alignment).isEmpty)
        try writePicture()
        let needed = try plan(.figure3, settings: ["picture.encoder=efficientnet-lite0"])
        #expect(needed.runs.count == 11 && needed.notes.isEmpty)
    }

    @Test("The rows are those of the task and the encoder that settings choose")
    func settingsChooseRows() throws {
        let names = try plan(.table1, settings: ["task=entities"]).runs.map(\.variant.name)
        #expect(names.contains("BERT + CRF (text only)") && !names.contains("w/o word-pair contrast"))
        try writePicture()
        let blind = try plan(.table1, settings: ["picture.encoder=none"])
        #expect(blind.runs.count == 8 && blind.notes.contains { $0.contains("picture.encoder=none") })
    }

    @Test("A dataset that is named twice is run once, in the place where it is named first")
    func repeatedDatasets() throws {
        let mine = StudyDataset(rawValue: "mine")
        try TinyCorpus.write(to: scratch["data/mine"], relations: true)
        try Data(run.configuration.yaml.utf8).write(to: scratch["configurations/mine.yaml"])
        let plan = try plan(.table2, datasets: [mine, .jmere, mine], rows: ["exact"])
        #expect(plan.runs.map(\.trained) == [mine, .jmere])
    }

    @Test("A figure shares the default run with tables, and refuses settings that move it from where it is drawn")
    func sharedPoint() throws {
        let settings = ["training.batchSize=28"]
        let drawn = try plan(.estimators, rows: ["(exact)"], settings: settings).runs.map(\.path)
        #expect(try drawn == plan(.table2, rows: ["(exact)"], settings: settings).runs.map(\.path))
        #expect(throws: ReproductionError.drawnElsewhere("Shap-CA (exact)", setting: "training.batchSize=28")) {
            try plan(.estimators, settings: ["training.batchSize=16"])
        }
        #expect(try plan(.estimators, rows: ["cyclic"], settings: ["training.batchSize=16"]).runs.count == 4)
    }

    @Test("Figures of the paper draw Eq. 5, whatever the default form is")
    func figuresOfThePaper() throws {
        let alignments = try (plan(.figure3).runs + plan(.table1, rows: ["cyclic"]).runs).map(\.configuration.alignment)
        #expect(alignments.count == 7 && alignments.allSatisfy { $0.negatives == .sum })
        #expect(try plan(.table1, rows: ["(exact)"]).runs.allSatisfy { $0.configuration.alignment.negatives == .mean })
    }

    @Test("Finished runs are skipped, a stopped one continues, and the table shows every score with its protocol")
    func runs() throws {
        let plan = try plan(.table2)
        let reproduction = reproduction(plan)
        #expect(plan.runs.count == 2)
        var steps = 0
        #expect(throws: RunError.self) {
            try reproduction.run(
                shouldStop: { steps >= 9 },
                observe: { event in if case .training(.step) = event { steps += 1 } })
        }
        #expect(try steps == 9 && reproduction.results().isEmpty)
        var resumed = false
        var finished = 0
        let failures = try reproduction.run { event in
            switch event {
            case .training(.resumed): resumed = true
            case .finished: finished += 1
            default: break
            }
        }
        #expect(failures.isEmpty && resumed && finished == 2)
        var skipped = 0
        _ = try reproduction.run { event in if case .skipped = event { skipped += 1 } }
        #expect(skipped == 2)
        let rest = try reproduction.estimate { Issue.record("\($0.runs) is finished") }
        #expect(rest.description == "  0.00 h  for 0 runs if none stops early; 2 of 2 are finished")
        let other = self.reproduction(try self.plan(.table2, settings: ["training.dropout=0.2"]))
        #expect(throws: ReproductionError.self, "results of other settings are not taken for these") {
            try other.run { _ in }
        }

        let table = try reproduction.writeTable()
        let measures: [Measure] = [.jointUnordered, .jointStrict, .jointBoundaries, .entities]
        #expect(table.lines.map(\.measure) == measures + measures && table.missing.isEmpty)
        let baseline = try #require(table.lines.first)
        #expect(baseline.published == 52.36 && baseline.gold == 12 && baseline.posts == 18 && baseline.pictures == 0)
        #expect(!baseline.differences.isEmpty && table.lines[4].differences.isEmpty)
        #expect(table.markdown.contains("12 gold items") && table.markdown.contains("llava (18)"))
        var hostile = table
        hostile.notes = ["<img src=x onerror=alert(1)> [a](http://x.example)\n| b |"]
        hostile.lines[0].generator = "a|b\n<script>"
        hostile.lines[0].contexts = 1
        let markdown = hostile.markdown
        #expect(markdown.contains("- &lt;img src=x onerror=alert(1)&gt; [a\\](http&#58;//x.example) \\| b \\|\n"))
        #expect(markdown.contains("| a\\|b &lt;script&gt; (1) |") && !markdown.contains("<"))
        for name in ["results.json", "results.md", "table2.json", "table2.md"] {
            #expect(FileManager.default.fileExists(atPath: scratch["out/\(name)"].path))
        }
    }

    @Test("A run that two tables share is a row of both, under the name that each gives it")
    func sharedRuns() throws {
        let settings = ["training.epochs=1"]
        let exact = try plan(.table2, rows: ["exact"], settings: settings)
        #expect(try reproduction(exact).run { _ in }.isEmpty)
        let generators = try plan(.table3, settings: settings)
        let table = ResultTable(generators, results: try reproduction(generators).results())
        #expect(Set(table.lines.map(\.row)) == ["contexts of llava"] && table.missing.count == 1)
        #expect(table.lines.allSatisfy { $0.differences.isEmpty })

        let contexts = scratch["data/jmere/contexts.llava.jsonl"]
        let before = try Data(contentsOf: contexts)
        try Data(#"{"image": "absent.jpg", "context": "a drawing"}"#.utf8).write(to: contexts)
        #expect(throws: ReproductionError.self, "results with other contexts are not taken for these") {
            try reproduction(exact).results()
        }
        try before.write(to: contexts)
        #expect(try reproduction(exact).results().count == 1)

        try Data(TinyCorpus.lines(5, seed: 9, relations: true).joined(separator: "\n").utf8)
            .write(to: scratch["data/jmere/test.jsonl"])
        #expect(throws: ReproductionError.self, "results on another test split are not taken for these") {
            try reproduction(exact).results()
        }
    }

    @Test("A figure draws the curves of which it has at least two points, and a table none")
    func curves() throws {
        let settings = ["training.epochs=1"]
        let figure = try plan(.figure3, rows: ["alpha 0.0", "alpha 0.2, beta 0.4"], settings: settings)
        #expect(try reproduction(figure).run { _ in }.count == 0)
        let results = try reproduction(figure).results()
        let drawn = ResultTable(figure, results: results)
        #expect(drawn.html.contains("alpha, with beta 0.4") && !drawn.html.contains("beta, with alpha 0.2"))
        try drawn.write(to: scratch["out"], named: "figure3")
        let curve = try String(contentsOf: scratch["out/figure3-jmere.svg"], encoding: .utf8)
        #expect(curve.contains("weight 0:") && curve.contains("weight 0.2:") && !curve.contains("weight 0.4:"))

        let rows = try plan(.table2, settings: settings)
        #expect(try reproduction(rows).run { _ in }.count == 0)
        let table = ResultTable(rows, results: try reproduction(rows).results())
        #expect(table.html.contains("of every row"))
        try table.write(to: scratch["out"], named: "table2")
        #expect(!FileManager.default.fileExists(atPath: scratch["out/table2-jmere.svg"].path))
    }

    @Test("A run that fails is reported at the end and does not end the others")
    func failures() throws {
        let plan = try plan(.table2)
        let occupied = scratch["out"].appending(path: plan.runs[0].path)
        try FileManager.default.createDirectory(at: occupied, withIntermediateDirectories: true)
        try Data("training: {epochs: 77}\n".utf8).write(to: occupied.appending(path: "config.yaml"))
        let reproduction = reproduction(plan)
        let failures = try reproduction.run { _ in }
        #expect(try failures.count == 1 && reproduction.results().count == 1)
        let reasons = Dictionary(uniqueKeysWithValues: failures.map { ($0.run.path, $0.reason) })
        let table = ResultTable(plan, results: try reproduction.results(), failures: reasons)
        #expect(table.missing.count == 1 && table.missing[0].contains("training.epochs is 77"))
    }

    @Test("Hours are estimated from measured posts a second")
    func estimates() throws {
        let plan = try plan(.table2, settings: ["training.batchSize=2"])
        var estimates: [Double] = []
        _ = try reproduction(plan).estimate { estimates.append($0.seconds) }
        #expect(estimates.count == 2 && estimates.allSatisfy { $0 > 0.01 && $0 < 600 })
    }

    @Test("Hours come from the epochs on record, of which one without posts a second says nothing")
    func recordedRates() throws {
        let plan = try plan(.table2, rows: ["exact"], settings: ["training.epochs=1"])
        let epochs = [0, 100].map { rate in
            #"{"step":6,"epoch":0,"loss":1,"validation":{"gold":3,"predicted":2,"correct":1},"trainingSeconds":1,"#
                + #""validationSeconds":2,"postsPerSecond":\#(rate)}"#
        }
        try scratch.write(epochs.joined(separator: "\n"), to: "out/\(plan.runs[0].path)/metrics.jsonl")
        var estimates: [Double] = []
        _ = try reproduction(plan).estimate { estimates.append($0.seconds) }
        #expect(estimates.count == 1 && abs(estimates[0] - 1.1 * 48 / 100) < 1e-9)
    }
}
