import Corpus
import Evaluation
import Testing

@Suite("Relation scores")
struct RelationScoresTests {
    private let person = Entity(start: 0, end: 2, type: "per")
    private let place = Entity(start: 4, end: 5, type: "loc")

    private func triple(_ head: Entity, _ tail: Entity, _ type: String = "born_in") -> RelationTriple {
        RelationTriple(head: head, tail: tail, type: type)
    }

    private func correct(
        _ gold: [RelationTriple], _ predicted: [RelationTriple], _ matching: JointProtocol
    ) -> Int {
        Scores(goldTriples: [gold], predictedTriples: [predicted], matching: matching).overall.correct
    }

    @Test("of pairs leave out the relation that is none, on both sides")
    func classification() {
        let gold = ["None", "None", "peer", "peer", "peer", "couple", "couple"]
        let predicted = ["None", "peer", "peer", "None", "couple", "couple", "couple"]
        let scores = Scores(goldRelations: gold, predictedRelations: predicted)
        #expect(scores.overall == Score(gold: 5, predicted: 5, correct: 3))
        #expect(
            scores.perType == [
                "peer": Score(gold: 3, predicted: 2, correct: 1), "couple": Score(gold: 2, predicted: 3, correct: 2),
            ])
        let all = Scores(goldRelations: gold, predictedRelations: predicted, ignoring: "no such type")
        #expect(all.overall == Score(gold: 7, predicted: 7, correct: 4))
        #expect(Scores(goldRelations: ["None"], predictedRelations: ["None"]).overall == Score())
        #expect(Scores(goldRelations: [], predictedRelations: []).overall.f1 == 0)
    }

    @Test("of triples ask for spans, types, relation and direction where they are strict")
    func strict() {
        let gold = [triple(person, place)]
        #expect(correct(gold, gold, .strict) == 1)
        #expect(correct(gold, [triple(place, person)], .strict) == 0)
        #expect(correct(gold, [triple(person, place, "lives_in")], .strict) == 0)
        #expect(correct(gold, [triple(person, Entity(start: 4, end: 5, type: "org"))], .strict) == 0)
        #expect(correct(gold, [triple(person, Entity(start: 4, end: 6, type: "loc"))], .strict) == 0)
    }

    @Test("of triples see a pair as a set where they are unordered, and keep the entity types")
    func unordered() {
        let gold = [triple(place, person)]
        #expect(correct(gold, [triple(person, place)], .unordered) == 1)
        #expect(correct(gold, [triple(person, place, "lives_in")], .unordered) == 0)
        let other = Entity(start: 4, end: 5, type: "org")
        #expect(correct(gold, [triple(person, other)], .unordered) == 0)
        #expect(correct([triple(other, place)], [triple(place, other)], .unordered) == 1)
        let both = [triple(person, place), triple(place, person)]
        #expect(Scores(goldTriples: [gold], predictedTriples: [both], matching: .unordered).overall.predicted == 1)
        #expect(Scores(goldTriples: [gold], predictedTriples: [both], matching: .strict).overall.predicted == 2)
    }

    @Test("of triples ask for spans and relation alone where they are about boundaries")
    func boundaries() {
        let gold = [triple(place, person)]
        let untyped = triple(Entity(start: 0, end: 2, type: "x"), Entity(start: 4, end: 5, type: "y"))
        #expect(correct(gold, [untyped], .boundaries) == 1)
        #expect(correct(gold, [untyped], .unordered) == 0)
        #expect(correct(gold, [triple(person, place, "lives_in")], .boundaries) == 0)
        #expect(correct(gold, [triple(person, Entity(start: 3, end: 5, type: "loc"))], .boundaries) == 0)
    }

    @Test("of triples are counted under the relation, and a milder protocol never scores lower")
    func kinds() {
        let gold = [[triple(person, place), triple(person, place, "lives_in")], [triple(place, person)]]
        let predicted = [[triple(place, person)], [triple(place, person), triple(person, place, "lives_in")]]
        let scores = JointProtocol.allCases.map {
            Scores(goldTriples: gold, predictedTriples: predicted, matching: $0)
        }
        #expect(scores[0].perType["born_in"] == Score(gold: 2, predicted: 2, correct: 1))
        #expect(scores[1].perType["born_in"] == Score(gold: 2, predicted: 2, correct: 2))
        #expect(scores[0].perType["lives_in"] == Score(gold: 1, predicted: 1, correct: 0))
        #expect(scores.map(\.overall.correct) == [1, 2, 2])
    }

    @Test("of posts are of their triples, one that has no entity left out")
    func triplesOfPosts() {
        let relations = [(1, 0), (0, 2), (-1, 0)].map { Relation(head: $0, tail: $1, type: "in") }
        let annotation = Annotation(entities: [person, place], relations: relations)
        #expect(annotation.triples == [triple(place, person, "in")])
    }

    @Test("of one post are the counts of its sets")
    func onePost() {
        func score(_ gold: [Int], _ predicted: [Int]) -> Score {
            Scores(gold: [gold], predicted: [predicted], type: \.description).overall
        }
        #expect(score([1, 2, 2], [2, 2, 3, 4]) == Score(gold: 2, predicted: 3, correct: 1))
        #expect(score([], []) == Score())
    }
}
