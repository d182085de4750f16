import Corpus
import Extraction
import Testing

/// What the labels of word pairs spell, on constructed tables.
@Suite struct WordPairTableTests {
    private static let labels = LabelSet(entityTypes: ["org", "per"], relationTypes: ["member_of", "peer"])

    /// The annotation that a table with nearly certain labels spells.
    private func read(_ table: [Int], words: Int) -> ScoredAnnotation {
        var probabilities = [Float](repeating: 0.01, count: table.count * 5)
        for (cell, label) in table.enumerated() { probabilities[cell * 5 + label] = 0.96 }
        return probabilities.withUnsafeBufferPointer {
            WordPairTable(words: words, labels: Self.labels, probabilities: $0).annotation()
        }
    }

    @Test(arguments: [
        Annotation(),
        Annotation(entities: [Entity(start: 0, end: 1, type: "per")]),
        Annotation(
            entities: [Entity(start: 0, end: 2, type: "per"), Entity(start: 4, end: 7, type: "org")],
            relations: [Relation(head: 0, tail: 1, type: "member_of")]),
        Annotation(
            entities: [
                Entity(start: 1, end: 2, type: "per"), Entity(start: 3, end: 4, type: "per"),
                Entity(start: 4, end: 6, type: "org"),
            ],
            relations: [Relation(head: 0, tail: 1, type: "peer"), Relation(head: 1, tail: 2, type: "member_of")]),
    ])
    func goldTablesSpellTheirAnnotation(annotation: Annotation) {
        let found = read(WordPairTable.gold(annotation, labels: Self.labels, words: 7), words: 7)
        #expect(found.annotation == annotation)
        #expect(found.entities.allSatisfy { abs($0.score - 0.96) < 1e-6 })
        #expect(found.relations.allSatisfy { abs($0.score - 0.96) < 1e-6 })
    }

    @Test func aRelationGoesFromTheFirstEntityToTheSecond() {
        let backwards = Annotation(
            entities: [Entity(start: 0, end: 1, type: "org"), Entity(start: 2, end: 3, type: "per")],
            relations: [Relation(head: 1, tail: 0, type: "member_of")])
        let found = read(WordPairTable.gold(backwards, labels: Self.labels, words: 3), words: 3)
        #expect(found.annotation.relations == [Relation(head: 0, tail: 1, type: "member_of")])
    }

    /// Of the six pairs two say `peer`, one `member_of` and three nothing.
    @Test func mostVotesDecide() {
        let entities = [Entity(start: 0, end: 2, type: "per"), Entity(start: 2, end: 5, type: "org")]
        var table = WordPairTable.gold(Annotation(entities: entities), labels: Self.labels, words: 5)
        for (row, column, label) in [(0, 2, 4), (1, 3, 4), (1, 4, 3)] {
            table[WordPairTable.cell(row, column, words: 5)] = label
        }
        let found = read(table, words: 5)
        #expect(found.annotation.relations == [Relation(head: 0, tail: 1, type: "peer")])
        #expect(abs(found.relations[0].score - (2 * 0.96 + 4 * 0.01) / 6) < 1e-6)
    }

    @Test func whatWasCutOffIsLeftOut() {
        let annotation = Annotation(
            entities: [Entity(start: 0, end: 1, type: "per"), Entity(start: 3, end: 5, type: "org")],
            relations: [Relation(head: 0, tail: 1, type: "member_of")])
        let inside = read(WordPairTable.gold(annotation, labels: Self.labels, words: 2), words: 2)
        #expect(inside.annotation == Annotation(entities: [Entity(start: 0, end: 1, type: "per")]))
        #expect(read([], words: 0) == ScoredAnnotation())
    }
}
