import Corpus
import Extraction
import Foundation
import Prediction
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Gold that nobody can find")
struct UnfindableGoldTests {
    /// A post of the tiny corpus as raw text; its entities lose their last letter.
    private func cut(_ post: Post) -> Post {
        guard case .tokens(let words) = post.content else { return post }
        let starts = words.indices.map { index in words[..<index].reduce(0) { $0 + $1.unicodeScalars.count + 1 } }
        let entities = post.entities.map { entity in
            let last = entity.end - 1
            return Entity(
                start: starts[entity.start], end: starts[last] + words[last].unicodeScalars.count - 1, type: entity.type
            )
        }
        return Post(id: post.id, content: .text(words.joined(separator: " ")), entities: entities)
    }

    @Test("It counts as missed while training as in the end, and is counted")
    func scores() throws {
        let run = try TinyRun()
        run.configuration.training.epochs = 8
        let file = run.scratch["corpus/valid.jsonl"]
        let posts = try run.dataset.posts(of: .valid)
        let mixed = posts.enumerated().map { $0.offset < 6 ? cut($0.element) : $0.element }
        let unfindable = mixed.prefix(6).reduce(0) { $0 + $1.entities.count }
        #expect(unfindable > 4)
        let lines = try mixed.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        let dataset = try Dataset.load(folder: run.scratch["corpus"])
        let session = try TrainingSession(
            run.configuration, dataset: dataset, contexts: nil, output: run.scratch["run"], device: .cpu,
            resuming: false, card: TinyRun.card)
        #expect(session.notes.contains { $0.hasPrefix("\(unfindable) entities of the valid split do not ") })
        let best = try session.run().best
        let report = try EvaluationReport(
            Extractor(modelFolder: run.scratch["run/model"]), on: .valid, of: dataset)
        #expect(report.overall.f1 == best.f1 && report.unfindable == unfindable)
        #expect(report.gold == mixed.reduce(0) { $0 + $1.entities.count })
        #expect(report.overall.correct > 0 && report.overall.correct <= report.gold - unfindable)
        #expect(report.description.contains("\(unfindable) gold entities do not begin and end with words"))
    }
}
