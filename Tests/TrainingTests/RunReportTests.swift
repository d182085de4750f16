import Corpus
import Foundation
import FoundationXML
import TestSupport
import Testing
import Training

@Suite("Reports of runs")
struct RunReportTests {
    private func isWellFormed(_ page: String) -> Bool {
        XMLParser(data: Data(page.replacing("<!doctype html>", with: "").utf8)).parse()
    }

    @Test("A page has curves, scores, confusions, mistakes and the alignment", arguments: [true, false])
    func pages(isJoint: Bool) throws {
        let run = try TinyRun(relations: true)
        run.configuration.task = isJoint ? .joint : .entities
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: run.dataset, split: .test).html()
        for heading in ["Learning", "Scores on the test split", "Confusion", "mistakes", "Alignment"] {
            #expect(page.contains(heading), "\(heading)")
        }
        #expect(page.contains("joint, strict") == isJoint)
        #expect(isWellFormed(page))
        #expect(!page.contains("Attention"), "there are no pictures")
    }

    @Test("Scores are of the posts' own offsets, not of the words that the annotation touches")
    func offsets() throws {
        let run = try TinyRun()
        run.configuration.training.epochs = 12
        try run.train()
        func page(shorter: Int) throws -> String {
            var dataset = run.dataset
            dataset.splits[.test] = [
                Post(
                    id: "1", content: .text("we love Paris"),
                    entities: [Entity(start: 8, end: 13 - shorter, type: "LOC")])
            ]
            return try RunReport(run: run.scratch["run"], dataset: dataset, split: .test).html()
        }
        #expect(try page(shorter: 0).contains("There are none."), "the model finds Paris")
        #expect(try !page(shorter: 1).contains("There are none."))
    }

    @Test("Where words look is shown where there are pictures")
    func pictures() throws {
        let run = try TinyRun(pictures: true)
        run.configuration.training.epochs = 12
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: run.dataset, split: .test).html()
        #expect(page.contains("Attention") && page.contains("data:image/png;base64,"))
        #expect(isWellFormed(page))
    }

    @Test("Without data there are the curves; without a run there is a clear error")
    func curvesOnly() throws {
        let run = try TinyRun()
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: nil, split: .valid).html()
        #expect(page.contains("Learning") && !page.contains("Confusion"))
        #expect(isWellFormed(page))
        #expect(throws: RunError.nothingToReport(path: run.scratch["elsewhere"].path)) {
            try RunReport(run: run.scratch["elsewhere"], dataset: nil, split: .valid)
        }
    }
}
