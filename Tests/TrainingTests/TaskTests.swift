import Corpus
import Evaluation
import Extraction
import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

/// Relations, and entities with relations, from a configuration to what a reloaded model finds.
@Suite("Tasks")
struct TaskTests {
    private func trained(
        _ task: ExtractionTask, epochs: Int, overlong: Overlong = .windows
    ) throws -> (run: TinyRun, outcome: Trainer.Outcome) {
        let run = try TinyRun(relations: true)
        run.configuration.text.overlong = overlong
        run.configuration.task = task
        run.configuration.training.epochs = epochs
        run.configuration.training.patience = epochs
        return (run, try run.train())
    }

    private func extractions(_ run: TinyRun) throws -> (posts: [Post], found: [Extractor.Extraction]) {
        let posts = try run.dataset.posts(of: .test)
        return (posts, try Extractor(modelFolder: run.scratch["run/model"]).extract(posts))
    }

    @Test("Relations of given entities are learnt, and come back with the entities that were given")
    func relations() throws {
        let (run, outcome) = try trained(.relations, epochs: 12)
        #expect(outcome.best.f1 > 0.9)
        let (posts, found) = try extractions(run)
        var correct = 0
        for (post, found) in zip(posts, found) {
            #expect(found.annotation.entities == post.entities)
            // A post with two entities and no annotated relation is asked about them all the same.
            #expect(found.relations.count == (post.entities.count == 2 ? 1 : 0))
            #expect(found.relations.allSatisfy { (0...1).contains($0.score) })
            correct += found.annotation.relations == post.relations ? 1 : 0
        }
        #expect(correct >= 16, "\(correct) of 18")
    }

    @Test("A relation found where none is annotated costs precision, and a pair is asked about once")
    func relationsThatAreNotThere() {
        let entities = [Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 3, type: "PER")]
        let peer = Annotation(entities: entities, relations: [Relation(head: 0, tail: 1, type: "peer")])
        let twice = Annotation(
            entities: entities, relations: peer.relations + [Relation(head: 0, tail: 1, type: "couple")])
        let scores = TaskScores(
            .relations, gold: [Annotation(entities: entities), peer, twice], predicted: [peer, peer, peer])
        #expect(scores.main.overall == Score(gold: 2, predicted: 3, correct: 2))
    }

    @Test("Entities and relations are learnt together")
    func joint() throws {
        let (run, outcome) = try trained(.joint, epochs: 40)
        #expect(outcome.best.f1 > 0.5)
        let (posts, found) = try extractions(run)
        let scores = TaskScores(
            .joint, gold: posts.map { Annotation(entities: $0.entities, relations: $0.relations) },
            predicted: found.map(\.annotation))
        #expect(
            scores.all.map(\.measure.rawValue) == [
                "joint, unordered pairs (EEGA)", "joint, strict", "joint, boundaries only", "entities",
            ])
        #expect(scores.main.overall.gold == 12 && scores.all[3].scores.overall.gold == 27)
        #expect(scores.main.overall.f1 > 0.4 && scores.all[3].scores.overall.f1 > 0.5)
        for (post, found) in zip(posts, found) {
            for entity in found.entities {
                #expect(entity.text == post.surface(of: Entity(start: entity.start, end: entity.end, type: "")))
                #expect((0...1).contains(entity.score))
            }
            for relation in found.relations { #expect(found.entities.indices.contains(relation.tail)) }
        }
    }

    @Test(
        "A pair in a long post has its relation where the post is read in windows; where it is cut nothing else is lost",
        arguments: [Overlong.windows, .truncate])
    func longPosts(overlong: Overlong) throws {
        let (run, _) = try trained(.relations, epochs: 1, overlong: overlong)
        let extractor = try Extractor(modelFolder: run.scratch["run/model"])
        let words = ["Anna"] + [String](repeating: "is", count: 100) + ["Oslo"]
        func post(_ ends: [Int]) -> Post {
            Post(
                id: "long", content: .tokens(words),
                entities: ends.map { Entity(start: $0, end: $0 + 1, type: "entity") })
        }
        let found = try extractor.extract([post([0, 101]), post([0, 3]), post([0]), post([])])
        #expect(found.map(\.relations.count) == [overlong == .windows ? 1 : 0, 1, 0, 0])
        #expect(found.allSatisfy { $0.truncated == (overlong == .truncate) })
        #expect(found.map(\.entities.count) == [2, 2, 1, 0])
    }
}
