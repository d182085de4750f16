import Corpus
import Evaluation
import Testing

@Suite("TaskScores")
struct TaskScoresTests {
    private let entities = [Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 3, type: "PER")]

    private func annotation(_ relations: (Int, Int, String)...) -> Annotation {
        Annotation(entities: entities, relations: relations.map { Relation(head: $0, tail: $1, type: $2) })
    }

    @Test("of relations: one found where none is annotated costs precision, and a pair is asked about once")
    func relationsThatAreNotThere() {
        let peer = annotation((0, 1, "peer"))
        let twice = annotation((0, 1, "peer"), (0, 1, "couple"))
        let scores = TaskScores(
            .relations, gold: [Annotation(entities: entities), peer, twice], predicted: [peer, peer, peer])
        #expect(scores.main.overall == Score(gold: 2, predicted: 3, correct: 2))
    }

    @Test("of both are EEGA's first, then by the other protocols, then of entities")
    func joint() {
        let scores = TaskScores(.joint, gold: [annotation((0, 1, "peer"))], predicted: [annotation((1, 0, "peer"))])
        #expect(scores.all.map(\.measure) == [.jointUnordered, .jointStrict, .jointBoundaries, .entities])
        #expect(scores.all.map(\.scores.overall.correct) == [1, 0, 1, 2])
        #expect(scores.main == scores.all[0].scores)
    }

    @Test("of each post add up to those of all")
    func ofEachPost() {
        let (gold, predicted) = ([annotation(), annotation()], [annotation(), Annotation()])
        let single = TaskScores.ofEachPost(.entities, gold: gold, predicted: predicted).map(\.main.overall)
        #expect(single == [Score(gold: 2, predicted: 2, correct: 2), Score(gold: 2)])
        #expect(
            TaskScores(.entities, gold: gold, predicted: predicted).main.overall
                == Score(gold: 4, predicted: 2, correct: 2))
    }
}
