import Foundation
import TestSupport
import Testing

@Suite("shapca evaluate")
struct EvaluateCommandTests {
    private struct Report: Decodable {
        struct Fractions: Decodable {
            let precision, recall, f1: Double
            let gold, predicted, correct: Int
        }

        let overall: Fractions
        let perType: [String: Fractions]
        let gold, posts, contexts, truncated, truncatedContexts: Int
        let dataset, fingerprint, split, encoder: String
        let imageEncoder: String?
        let pictures: [String: Int]

        struct Calibration: Decodable {
            struct Bin: Decodable {
                let lower, upper, confidence, precision: Double
                let count: Int
            }
            let bins: [Bin]
            let expectedError: Double
        }
        struct Row: Decodable {
            let threshold, coverage, precision, recall, f1: Double
            let predicted: Int
        }

        let calibration: Calibration
        let coverage: [Row]
        let temperature, threshold: Double?
        let belowThreshold: Int?
    }

    private let scratch: TemporaryFolder
    /// The entities of the test split.
    private let gold = TinyCorpus.lines(18, seed: 2).joined().matches(of: /"start"/).count

    init() throws {
        scratch = try TemporaryFolder()
    }

    private func evaluate(_ data: URL = Workshop.corpus, _ more: String...) throws -> Program.Outcome {
        try Program.run(["evaluate", "--model", Workshop.model().path, "--data", data.path] + more)
    }

    @Test("For programs: fractions, counts and what they were measured on")
    func json() throws {
        let report: Report = try evaluate(Workshop.corpus, "--json").json()
        let score = report.overall
        #expect(report.gold == gold && score.gold == gold && report.posts == 18)
        #expect(score.precision == Double(score.correct) / Double(score.predicted))
        #expect(score.recall == Double(score.correct) / Double(gold))
        #expect(abs(score.f1 - 2 * score.precision * score.recall / (score.precision + score.recall)) < 1e-12)
        #expect(score.f1 > 0.9)
        #expect(report.perType.keys.sorted() == ["LOC", "ORG", "PER"])
        #expect(report.perType.values.reduce(0) { $0 + $1.correct } == score.correct)
        #expect(report.dataset == "corpus" && report.split == "test" && report.encoder == "encoder")
        #expect(report.fingerprint.count == 64 && report.fingerprint.allSatisfy(\.isHexDigit))
        #expect(report.pictures == ["none": 18] && report.imageEncoder == nil && report.truncated == 0)
        #expect(report.contexts == 13)
    }

    @Test("For people: percentages, with the data and the encoder beside them")
    func text() throws {
        let outcome = try evaluate()
        #expect(outcome.status == 0)
        for word in ["precision", "recall", "F1", "overall", "PER", "\(gold) gold entities", "encoder", "no pictures"] {
            #expect(outcome.output.contains(word), "\(word)")
        }
    }

    @Test("Scores are calibrated on the validation split, and what a threshold would keep is what it keeps")
    func calibration() throws {
        let report: Report = try evaluate(Workshop.corpus, "--json").json()
        let bins = report.calibration.bins
        #expect(bins.count == 15 && bins.reduce(0) { $0 + $1.count } == report.overall.predicted)
        let total = Double(report.overall.predicted)
        let error = bins.reduce(0) { $0 + Double($1.count) / total * abs($1.precision - $1.confidence) }
        #expect(abs(error - report.calibration.expectedError) < 1e-12)
        #expect(report.temperature.map { (0.25...16).contains($0) } == true)
        #expect(report.threshold == nil && report.belowThreshold == nil)
        #expect(report.coverage[0].coverage == 1 && report.coverage[0].f1 == report.overall.f1)

        let row = report.coverage[6]
        let kept: Report = try evaluate(Workshop.corpus, "--json", "--threshold", "\(row.threshold)").json()
        #expect(kept.threshold == row.threshold && kept.overall.predicted == row.predicted)
        #expect(kept.overall.precision == row.precision && kept.overall.recall == row.recall)
        #expect(kept.belowThreshold == report.overall.predicted - row.predicted)
        #expect(kept.calibration.expectedError == report.calibration.expectedError)

        let text = try evaluate(Workshop.corpus, "--threshold", "1.0").output
        for words in ["expected calibration error 0.", "(15 bins; scores at the temperature ", "scored below 1.0"] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test("The validation score is that of training")
    func validation() throws {
        let report: Report = try evaluate(Workshop.corpus, "--split", "valid", "--json").json()
        let percent = String(format: "%.2f", 100 * report.overall.f1)
        #expect(try Workshop.trained().output.hasPrefix("best validation F1 \(percent) "))
    }

    @Test("Types that training never saw are gold that is missed; --rename reads them as others")
    func unseenTypes() throws {
        let lines = TinyCorpus.lines(18, seed: 2).map { $0.replacing("\"LOC\"", with: "\"GEO\"") }
        try scratch.write(lines.joined(separator: "\n"), to: "other/test.jsonl")
        let report: Report = try evaluate(scratch["other"], "--json").json()
        let unseen = try #require(report.perType["GEO"])
        #expect(unseen.gold > 0 && unseen.correct == 0 && unseen.predicted == 0)
        #expect(report.gold == gold && report.overall.recall < 0.8)
        let renamed: Report = try evaluate(scratch["other"], "--json", "--rename", "GEO=LOC").json()
        let original: Report = try evaluate(Workshop.corpus, "--json").json()
        #expect(renamed.overall.f1 == original.overall.f1)
        let found: Report = try evaluate(scratch["other"], "--json", "--rename", "LOC=GEO").json()
        #expect(found.overall.f1 == original.overall.f1, "what the model finds is renamed too")
        #expect(try !evaluate(scratch["other"], "--rename", "GEO=LOC").errors.contains("--rename"))
        #expect(try evaluate(scratch["other"], "--rename", "GOE=LOC").errors.contains("--rename GOE=LOC"))
    }

    @Test("Twitter-2015's OTHER is read as MISC by a model of MISC, with a note, unless it is to stay")
    func other() throws {
        for (split, seed) in [("train", 0), ("valid", 1), ("test", 2)] as [(String, UInt64)] {
            for (folder, type) in [("misc", "MISC"), ("other", "OTHER")] {
                let lines = TinyCorpus.lines(30, seed: seed).map { $0.replacing("\"ORG\"", with: "\"\(type)\"") }
                try scratch.write(lines.joined(separator: "\n"), to: "\(folder)/\(split).jsonl")
            }
        }
        let trained = try Program.run(
            Workshop.training(scratch["run"], "--data", scratch["misc"].path, "--set", "training.epochs=1"))
        #expect(trained.status == 0, "\(trained.errors)")
        func evaluate(_ folder: String, _ more: String...) throws -> Program.Outcome {
            try Program.run(
                ["evaluate", "--model", scratch["run/model"].path, "--data", scratch[folder].path, "--json"] + more)
        }
        let gold = TinyCorpus.lines(30, seed: 2).joined().matches(of: /"ORG"/).count
        let read = try evaluate("other")
        #expect(read.errors.contains("\(gold) gold entities of the type OTHER are read as MISC"), "\(read.errors)")
        let (report, expected): (Report, Report) = (try read.json(), try evaluate("misc").json())
        #expect(report.overall.f1 == expected.overall.f1 && report.perType["MISC"]?.gold == gold)
        let kept: Report = try evaluate("other", "--rename", "OTHER=OTHER").json()
        #expect(kept.perType["OTHER"]?.gold == gold && kept.perType["OTHER"]?.correct == 0)
    }

    @Test("Contexts that are blank are none, and those that are cut are counted")
    func contexts() throws {
        let contexts = ["", "  ", "a photo of a person", String(repeating: "a photo of a town by the sea ", count: 40)]
        let lines = contexts.map { #"{"text": "we love Paris", "context": "\#($0)"}"# }
        try scratch.write(lines.joined(separator: "\n"), to: "contexts/test.jsonl")
        let report: Report = try evaluate(scratch["contexts"], "--json").json()
        #expect(report.posts == 4 && report.contexts == 2)
        #expect(report.truncated == 0 && report.truncatedContexts == 1)
        #expect(try evaluate(scratch["contexts"]).output.contains("1 contexts were longer than the model reads"))
    }

    @Test("Posts without words, entities or anything known give a score all the same")
    func strangePosts() throws {
        try scratch.write(
            #"{"tokens": []}"# + "\n" + #"{"text": ""}"# + "\n" + #"{"text": "🦊 שלום"}"#, to: "odd/test.jsonl")
        let report: Report = try evaluate(scratch["odd"], "--json").json()
        #expect(report.gold == 0 && report.posts == 3 && report.overall.f1 == 0)
        try scratch.write("", to: "empty/test.jsonl")
        #expect(try evaluate(scratch["empty"], "--json").status == 0)
    }

    @Test("A split that is not there, or a line that is no post, is named")
    func refusals() throws {
        try scratch.write("", to: "only/train.jsonl")
        #expect(try evaluate(scratch["only"]).failed(saying: "no test split"))
        try scratch.write("{\n", to: "bad/test.jsonl")
        #expect(try evaluate(scratch["bad"]).failed(saying: "test.jsonl:1"))
    }
}
