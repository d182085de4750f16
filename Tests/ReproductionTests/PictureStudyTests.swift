import Evaluation
import Foundation
import Reproduction
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// The study of pictures over a tiny corpus that stands for pictured-names-hard and its unseen test split.
@Suite("The study of pictures")
struct PictureStudyTests {
    private let run: TinyRun
    private let scratch: TemporaryFolder

    init() throws {
        run = try TinyRun(pictures: true)
        scratch = run.scratch
        let pictures = 6
        for (index, name) in ["pictured-names-hard", "pictured-names-unseen", "pictured-names"].enumerated() {
            for (split, count) in [("train", 48), ("valid", 18), ("test", 18)] {
                let lines = TinyCorpus.lines(count, seed: UInt64(5 + index), image: "picture").enumerated().map {
                    number, line in
                    // Of the test split, every third post is one whose words decide.
                    let part = split == "test" ? number % 3 == 0 ? "-text" : "-picture" : ""
                    return line.replacing("\"id\":\"\(number)\"", with: "\"id\":\"\(number)\(part)\"")
                        .replacing("\"picture\"", with: "\"\(number % pictures).tif\"")
                }
                try scratch.write(lines.joined(separator: "\n"), to: "data/\(name)/\(split).jsonl")
            }
            for number in 0..<pictures {
                try scratch.write(SamplePicture.tiff(17 * number), to: "data/\(name)/\(number).tif")
            }
            let contexts = (0..<pictures).map { #"{"image": "\#($0).tif", "context": "a photo \#($0 + 1) times"}"# }
            try scratch.write(contexts.joined(separator: "\n"), to: "contexts/\(name)/contexts.labels.jsonl")
            try scratch.write(run.configuration.yaml, to: "configurations/\(name).yaml")
        }
    }

    private func plan(
        _ datasets: [StudyDataset]? = nil, rows: [String] = [], seeds: ClosedRange<Int> = 3...4, epochs: Int = 1
    ) throws -> ReproductionPlan {
        try ReproductionPlan(
            ReproductionPlan.Request(
                .pictures, data: scratch["data"], configurations: scratch["configurations"], datasets: datasets,
                rows: rows, seeds: seeds, generator: "labels", settings: ["training.epochs=\(epochs)"],
                contextFolder: scratch["contexts"]))
    }

    @Test("Models of the hard set are tested on both test splits, and those of the easy one are limited")
    func plans() throws {
        let plan = try plan()
        let hard = plan.runs.filter { $0.trained == .picturedNamesHard && $0.seed == 3 }
        #expect(hard.count == 26 && Set(hard.map(\.path)).count == 13)
        #expect(Set(hard.map(\.tested)) == [.picturedNamesHard, .picturedNamesUnseen])
        let limited = plan.runs.filter { $0.trained == .picturedNames && $0.seed == 4 }
        #expect(limited.count == 20 && limited.count { $0.variant.name.hasSuffix("50 posts") } == 10)
        #expect(Set(plan.runs.map(\.seed)) == [3, 4] && plan.runs.allSatisfy { $0.generator == "labels" })
    }

    @Test("A model is trained once and tested on both, each part apart, with its cosines and differences")
    func results() throws {
        let plan = try plan([.picturedNamesHard], rows: ["w/o align", "infonc"])
        #expect(plan.runs.count == 16)
        let reproduction = Reproduction(plan, output: scratch["out"], device: .cpu)
        var trained = 0
        let failures = try reproduction.run { event in
            if case .training(.epoch) = event { trained += 1 }
        }
        #expect(failures.isEmpty && trained == 8, "four rows and two seeds")
        #expect(
            !FileManager.default.fileExists(atPath: scratch["out/\(plan.runs[0].path)/checkpoint.safetensors"].path))

        let table = try reproduction.writeTable()
        #expect(table.missing.isEmpty)
        let lines = table.lines.filter { $0.tested == .picturedNamesUnseen }
        #expect(Set(lines.map(\.part)) == [nil, "picture", "text"])
        for part in [nil, "picture", "text"] {
            let rows = lines.filter { $0.part == part }
            #expect(rows.count == 4)
            #expect(rows.map(\.posts).allSatisfy { $0 == (part == nil ? 18 : part == "text" ? 6 : 12) })
            let references = Dictionary(uniqueKeysWithValues: rows.map { ($0.row, $0.differences.map(\.reference)) })
            #expect(references["InfoNCE"] == ["w/o alignment"])
            #expect(references["InfoNCE, hidden pictures"] == ["InfoNCE", "w/o alignment, hidden pictures"])
            #expect(references["w/o alignment, hidden pictures"] == ["w/o alignment"])
            #expect(references["w/o alignment"] == [])
            let difference = try #require(rows.first { $0.row == "InfoNCE" }?.differences.first?.bootstrap)
            #expect(difference.coversSeeds && difference.firstSeeds == 2)
        }
        #expect(table.datasets.map { $0[0][0].tested } == [.picturedNamesHard, .picturedNamesUnseen])
        #expect(table.datasets.allSatisfy { $0.count == 3 && $0.allSatisfy { $0.count == 4 } }, "whole and two parts")
        let whole = try #require(lines.first { $0.part == nil && $0.row == "InfoNCE" })
        let parts = lines.filter { $0.part != nil && $0.row == "InfoNCE" }
        #expect(parts.reduce(0) { $0 + $1.gold } == whole.gold)
        #expect(whole.relatedness?.text != nil && whole.relatedness?.picture != nil)
        #expect(whole.alignment?.text != nil && whole.alignment?.picture != nil && whole.isExploratory)
        #expect(lines.filter { $0.row == "w/o alignment" }.allSatisfy { $0.alignment == nil && $0.relatedness == nil })
        #expect(table.markdown.contains("posts whose words decide") && table.markdown.contains("2 (exploratory)"))
    }

    @Test("A figure shows what the forms of the loss make of own and other pairs, epoch by epoch")
    func cosines() throws {
        let file = scratch["out/pictures-pictured-names-hard-cosines.svg"]
        let unaligned = try plan([.picturedNamesHard], rows: ["w/o alignment"], seeds: 3...3, epochs: 2)
        try Reproduction(unaligned, output: scratch["out"], device: .cpu).writeTable()
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let aligned = try plan([.picturedNamesHard], rows: ["InfoNCE"], seeds: 3...3, epochs: 2)
        let reproduction = Reproduction(aligned, output: scratch["out"], device: .cpu)
        #expect(try reproduction.run { _ in }.isEmpty)
        try reproduction.writeTable()
        let svg = try String(contentsOf: file, encoding: .utf8)
        #expect(svg.contains("InfoNCE, own") && svg.contains("InfoNCE, others") && !svg.contains("Shap-CA"))
    }

    @Test("Settings that a run does not use do not keep it from being the same run; others do, and are named")
    func unusedSettings() throws {
        let rows = ["w/o align"]
        let plan = try plan([.picturedNamesHard], rows: rows, seeds: 3...3)
        #expect(try Reproduction(plan, output: scratch["out"], device: .cpu).run { _ in }.isEmpty)
        func finished(_ settings: [String]) throws -> Int {
            var request = plan.request
            request.settings += settings
            let other = try ReproductionPlan(request)
            return try Reproduction(other, output: scratch["out"], device: .cpu).results().count
        }
        #expect(try finished(["alignment.temperature=0.5", "alignment.estimator=cyclic", "wordPair.weight=2"]) == 4)
        let error = #expect(throws: ReproductionError.self) { try finished(["training.dropout=0.2"]) }
        #expect(error?.description.contains("training.dropout is 0.1 there, 0.2 here") == true)
    }
}
