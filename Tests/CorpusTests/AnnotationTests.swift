import Corpus
import Testing

@Suite("Annotation")
struct AnnotationTests {
    private let entities = [
        Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 4, type: "OTHER"),
        Entity(start: 5, end: 6, type: "LOC"),
    ]

    @Test("is what a post has, under other names where types are renamed")
    func renaming() {
        let relations = [Relation(head: 0, tail: 1, type: "OTHER")]
        let post = Post(id: "1", content: .tokens([]), entities: entities, relations: relations)
        #expect(post.annotation == Annotation(entities: entities, relations: relations))
        let renamed = post.annotation.renaming(["OTHER": "MISC", "ORG": "X"])
        #expect(renamed.entities.map(\.type) == ["PER", "MISC", "LOC"] && renamed.relations == relations)
        #expect(renamed.entities.map(\.start) == entities.map(\.start))
    }

    @Test("asks for the pairs of its relations, each direction once, or for its only two entities")
    func pairs() {
        let relations = [(0, 1, "of"), (1, 0, "of"), (0, 1, "in"), (2, 0, "of")].map {
            Relation(head: $0, tail: $1, type: $2)
        }
        let annotation = Annotation(entities: entities, relations: relations)
        #expect(
            annotation.pairs == [
                EntityPair(head: 0, tail: 1), EntityPair(head: 1, tail: 0), EntityPair(head: 2, tail: 0),
            ])
        #expect(annotation.relation(head: 0, tail: 1) == relations[0])
        #expect(annotation.relation(head: 0, tail: 2) == nil)
        #expect((0...3).map { Annotation(entities: Array(entities.prefix($0))).pairs.count } == [0, 0, 1, 0])
    }
}

@Suite("ExtractionTask")
struct ExtractionTaskTests {
    private let post = Post(
        id: "1", content: .tokens([]), entities: [Entity(start: 0, end: 1, type: "PER")],
        relations: ["of", "None"].map { Relation(head: 0, tail: 0, type: $0) })

    @Test("counts what its main score counts", arguments: zip(ExtractionTask.allCases, [1, 1, 2]))
    func goldCount(task: ExtractionTask, expected: Int) {
        #expect(task.goldCount(of: post) == expected)
    }

    @Test("says what training lacks")
    func missingAnnotation() {
        let all = LabelSet(posts: [post])
        #expect(ExtractionTask.allCases.allSatisfy { $0.missingAnnotation(in: all) == nil })
        let entities = LabelSet(entityTypes: ["PER"])
        #expect(ExtractionTask.allCases.map { $0.missingAnnotation(in: entities) } == [nil, "relations", "relations"])
        let none = LabelSet(entityTypes: [])
        #expect(
            ExtractionTask.allCases.map { $0.missingAnnotation(in: none) } == ["entities", "relations", "entities"])
        #expect(ExtractionTask.allCases.map(\.scoredItems) == ["entities", "relations", "relations"])
    }
}
