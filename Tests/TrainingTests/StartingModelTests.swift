import Corpus
import Extraction
import Foundation
import TestSupport
import Testing
import Torch
import Training
import TrainingTestSupport

@Suite("Runs that start from a trained model")
struct StartingModelTests {
    private let run: TinyRun

    init() throws {
        run = try TinyRun()
        run.configuration.training.epochs = 1
    }

    private func start(_ folder: String = "run/model") throws -> StartingModel {
        try StartingModel(modelFolder: run.scratch[folder])
    }

    private func session(_ folder: String, from start: StartingModel?, resuming: Bool = false) throws -> TrainingSession
    {
        try TrainingSession(
            run.configuration, dataset: run.dataset, contexts: nil, output: run.scratch[folder], device: .cpu,
            start: start, resuming: resuming, card: TinyRun.card)
    }

    /// Every type of the train split that is `old` is called `new`.
    private func rename(_ old: String, to new: String) {
        for (split, posts) in run.dataset.splits {
            run.dataset.splits[split] = posts.map { post in
                var post = post
                post.entities = post.entities.map {
                    $0.type == old ? Entity(start: $0.start, end: $0.end, type: new) : $0
                }
                return post
            }
        }
    }

    @Test(
        "With the same types it starts as the model is, whole, by adapters or from a compact folder", arguments: [0, 4])
    func same(rank: Int) throws {
        run.configuration.adapter.rank = rank
        try run.train()
        let trained = try Extractor(modelFolder: run.scratch["run/model"]).extract(run.dataset[.valid])
        let again = try session("again", from: start())
        #expect(
            try withTrainingMode(false) { try again.extractor.extract(run.dataset[.valid]) }.map(\.annotation)
                == trained.map(\.annotation))
        let heads = try loadWeights(at: run.scratch["run/model/\(rank > 0 ? "heads" : "model").safetensors"])
        for (path, tensor) in again.extractor.model.state() {
            if let saved = heads[path] { #expect(saved.floats() == tensor.floats(), "\(path)") }
        }
        guard rank > 0 else { return }
        try Extractor.exportCompact(modelFolder: run.scratch["run/model"], into: run.scratch["compact"])
        _ = try session("compact-run", from: start("compact"))
    }

    @Test("Types of both keep their rows, and a new one starts fresh")
    func types() throws {
        try run.train()
        let old = run.dataset.labels(of: .train)
        let (kept, renamed) = (try #require(old.entityTypes.last), try #require(old.entityTypes.first))
        // A name that sorts last, so that every row of the kept type moves.
        rename(renamed, to: "ZZZ")
        let next = try session("next", from: start())
        let new = run.dataset.labels(of: .train)
        let weights = try loadWeights(at: run.scratch["run/model/model.safetensors"])
        let state = Dictionary(uniqueKeysWithValues: next.extractor.model.state().map { ($0.path, $0.tensor.floats()) })
        func row(_ labels: LabelSet, _ type: String) throws -> Int {
            2 * (try #require(labels.entityTypes.firstIndex(of: type))) + 1
        }
        let (from, to) = (try row(old, kept), try row(new, kept))
        #expect(from != to)
        let (bias, oldBias) = (
            "head.classifier.output.bias", try #require(weights["head.classifier.output.bias"]).floats()
        )
        let transitions = try #require(weights["head.crf.transitions"]).floats()
        for offset in 0..<2 {
            #expect(state[bias]?[to + offset] == oldBias[from + offset])
            // O, then B- or I- of the kept type; and between the kept type's own tags.
            #expect(state["head.crf.transitions"]?[to + offset] == transitions[from + offset])
            let (tags, oldTags) = (new.tags.count, old.tags.count)
            #expect(
                state["head.crf.transitions"]?[to * tags + to + offset] == transitions[from * oldTags + from + offset])
        }
        let fresh = try row(new, "ZZZ")
        #expect(!oldBias.contains(state[bias]?[fresh] ?? 0))
    }

    @Test("Another structure is one sentence with both values")
    func contradiction() throws {
        try run.train()
        run.configuration.fusion.width = 32
        let error = #expect(throws: StartingModelError.self) { try session("next", from: start()) }
        #expect(error?.description.contains("fusion.width is 16 in ") == true)
        #expect(error?.description.contains("but 32 in the configuration") == true)
    }

    @Test(
        "A run that was stopped goes on without the model, and what is recorded has its structure", arguments: [0, 4])
    func resuming(rank: Int) throws {
        run.configuration.adapter.rank = rank
        try run.train()
        let started = try start()
        let defaults = TrainingConfiguration(startingFrom: started)
        #expect(defaults.fusion == run.configuration.fusion && defaults.adapter.rank == rank)
        #expect(try session("whole", from: started).run().steps == TinyRun.stepsPerEpoch)
        var steps = 0
        #expect(throws: RunError.self) {
            try session("stopped", from: started).run(shouldStop: {
                steps += 1
                return steps == 2
            })
        }
        try FileManager.default.removeItem(at: run.scratch["run"])
        #expect(try RunFolder(url: run.scratch["stopped"]).startedDefaults()?.fusion == run.configuration.fusion)
        _ = try session("stopped", from: nil, resuming: true).run()
        #expect(try run.checkpoint(of: "stopped") == run.checkpoint(of: "whole"))
    }
}
