import Corpus
import Evaluation
import Extraction
import Foundation
import Prediction
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// A dataset with all types, and one of whose posts with companies nobody has marked these.
@Suite("Learning from several data sets")
struct SeveralDatasetsTests {
    private let run: TinyRun
    private var sources: [DataSource]

    init() throws {
        run = try TinyRun()
        for (split, count, seed) in [("train", 96, 7), ("valid", 18, 8)] as [(String, Int, UInt64)] {
            let company = /\{"start":\d+,"end":\d+,"type":"ORG"\},?/
            let lines = TinyCorpus.lines(count, seed: seed).map {
                $0.replacing(company, with: "").replacing("},]", with: "}]")
            }
            try run.scratch.write(lines.joined(separator: "\n"), to: "bare/\(split).jsonl")
        }
        sources = [DataSource(path: run.scratch["corpus"]), DataSource(path: run.scratch["bare"])]
        sources[1].types = ["LOC", "PER"]
        run.configuration.training.epochs = 8
        try use(sources)
    }

    private func use(_ sources: [DataSource]) throws {
        run.configuration.data = sources
        run.dataset = try Dataset.load(sources, only: [.train, .valid])
    }

    /// The scores on the posts of which all is annotated.
    private func scores(of folder: String) throws -> [String: Score] {
        let posts = try Dataset.load(folder: run.scratch["corpus"])[.test]
        let extractor = try Extractor(modelFolder: run.scratch["\(folder)/model"])
        return try extractor.evaluate(posts).scored.scores.main.perType
    }

    @Test("A type that a data set does not annotate is not unlearned from it, and is where it counts as annotated")
    func partialAnnotation() throws {
        let notes = try run.session("first").notes
        #expect(
            notes.contains(
                "bare: 96 posts to learn from with weight 1.0, annotated with LOC, PER; where it has nothing, ORG may be"
            ))
        try run.train("partial")
        let partial = try scores(of: "partial")
        for type in ["LOC", "ORG", "PER"] { #expect(try #require(partial[type]).f1 > 0.9, "\(type)") }
        run.dataset.splits = run.dataset.splits.mapValues { posts in
            posts.map { post in
                var post = post
                post.annotatedTypes = nil
                return post
            }
        }
        try run.train("complete")
        #expect(try #require(scores(of: "complete")["ORG"]).recall < 0.5)
    }

    @Test("Validation counts the types that are annotated, of each data set and of all together")
    func validation() throws {
        try run.train()
        let epoch = try #require(try run.epochs(of: "run").last)
        let datasets = try #require(epoch.datasets)
        #expect(datasets.keys.sorted() == ["bare", "corpus"])
        #expect(epoch.validation == datasets.values.reduce(into: Score()) { $0 += $1 })
        // The model finds companies, which are no mistakes where they are not annotated.
        let bare = try #require(datasets["bare"])
        #expect(bare.precision > 0.9 && bare.gold == bare.predicted)
        let gold = try Dataset.load(folder: run.scratch["bare"])[.valid].reduce(0) { $0 + $1.entities.count }
        #expect(bare.gold == gold)
    }

    @Test("An evaluation has the scores of each data set, and of all, by the types that are annotated")
    func evaluation() throws {
        try run.train()
        let extractor = try Extractor(modelFolder: run.scratch["run/model"])
        let report = try EvaluationReport(extractor, on: .valid, of: run.dataset)
        let datasets = try #require(report.datasets)
        #expect(report.overall == datasets.values.reduce(into: Score()) { $0 += $1.overall })
        #expect(datasets["bare"]?.perType.keys.sorted() == ["LOC", "PER"])
        #expect(report.description.contains("data set bare\n") && report.description.contains("all data sets\n"))
        // Types that are read as others are so on both sides.
        let renamed = try EvaluationReport(extractor, on: .valid, of: run.dataset, renaming: ["PER": "PERSON"])
        #expect(renamed.overall == report.overall)
    }

    @Test("By itself, a data set of a list is learnt from as one that is named alone, to the bit")
    func one() throws {
        run.configuration.training.epochs = 2
        try use([sources[0]])
        try run.train("listed")
        run.configuration.data = []
        run.dataset = try Dataset.load(folder: run.scratch["corpus"])
        try run.train("named")
        #expect(try run.steps(of: "listed") == run.steps(of: "named"))
        #expect(try run.checkpoint(of: "listed") == run.checkpoint(of: "named"))
    }

    @Test("Weights decide the posts of an epoch, and a stopped run goes on with the same, whatever is hidden")
    func resume() throws {
        var sources = sources
        (sources[0].weight, sources[1].weight) = (0.5, 1.25)
        try use(sources)
        run.configuration.training.epochs = 3
        run.configuration.training.dropContext = 0.4
        try run.train("whole")
        // 24 and 120 posts in batches of 8.
        #expect(try run.steps(of: "whole").count == 3 * 18)
        for step in [5, 18, 25] {
            let folder = "stopped-\(step)"
            #expect(throws: RunError.interrupted(step: step, path: run.scratch[folder].path)) {
                try run.train(folder, stopAfter: step)
            }
            run.configuration = try TrainingConfiguration(contentsOf: run.scratch["\(folder)/config.yaml"])
            run.dataset = try Dataset.load(run.configuration.data, only: [.train, .valid])
            try run.train(folder, resuming: true)
            #expect(try run.steps(of: folder) == run.steps(of: "whole"))
            #expect(try run.checkpoint(of: folder) == run.checkpoint(of: "whole"))
        }
        sources[1].weight = 2
        try use(sources)
        let error = #expect(throws: RunError.self) { try run.train("stopped-5", resuming: true) }
        #expect(
            error?.description.contains("weight: 1.25)") == true && error?.description.contains("2.0) here") == true)
    }

    @Test("A limit draws from all data sets, whose weights hold for what is drawn")
    func limit() throws {
        var sources = sources
        sources[1].weight = 0.5
        try use(sources)
        (run.configuration.training.epochs, run.configuration.training.limit) = (1, 48)
        try run.train()
        // About 16 and half of 32 posts.
        #expect(try run.steps(of: "run").count == 4)
    }

    @Test("A data set without posts to learn from, and tasks that cannot leave a type open, are refused")
    func refusals() throws {
        run.configuration.task = .joint
        let related = try TinyRun(relations: true)
        let error = #expect(throws: ConfigurationError.self) {
            try use([DataSource(path: related.scratch["corpus"]), sources[1]])
            _ = try run.session()
        }
        #expect(
            error?.description
                == "data set bare does not annotate ORG, located_in, member_of, rival, visits, which other data sets do; "
                + "task: joint needs all types annotated in all of them, and task: entities does not")
        run.configuration.task = .entities
        try run.scratch.write("", to: "bare/train.jsonl")
        try use(sources)
        #expect(throws: RunError.emptySplit("train of data set bare")) { try run.session() }
    }

    @Test("Relations are learnt from several data sets, whose entity types are given")
    func relations() throws {
        let (first, second) = (try TinyRun(relations: true), try TinyRun(relations: true))
        var sources = [first, second].map { DataSource(path: $0.scratch["corpus"]) }
        sources[1].map = ["PER": "person", "LOC": "place", "ORG": "company"]
        run.configuration.task = .relations
        run.configuration.training.epochs = 1
        try use(sources)
        try run.train()
        #expect(try run.epochs(of: "run")[0].datasets?.count == 2)
        sources[1].types = ["person", "place", "company"]
        try use(sources)
        let error = #expect(throws: ConfigurationError.self) { try run.session("types") }
        #expect(error?.description.contains("does not annotate LOC, ORG, PER, which") == true)
    }
}
