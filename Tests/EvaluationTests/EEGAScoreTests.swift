import Corpus
import Evaluation
import Support
import TestSupport
import Testing

/// The joint score as EEGA's script has it (`score_uniontags` of Yuan et al., AAAI 2023): annotation and prediction are
/// written into a table of words and read out of it again, and every pair is found from both of its ends.
private struct EEGATable {
    private var cells: [[String]]
    private let entityTypes: Set<String>

    /// The upper triangle, in which the entities and the relation of each triple overwrite what was there.
    init(_ triples: [RelationTriple], words: Int) {
        cells = Array(repeating: Array(repeating: "", count: words), count: words)
        entityTypes = Set(triples.flatMap { [$0.head.type, $0.tail.type] })
        for triple in triples {
            for entity in [triple.head, triple.tail] {
                for row in entity.start..<entity.end {
                    for column in row..<entity.end { cells[row][column] = entity.type }
                }
            }
            for row in triple.head.start..<triple.head.end {
                for column in triple.tail.start..<triple.tail.end {
                    cells[min(row, column)][max(row, column)] = triple.type
                }
            }
        }
    }

    /// The runs of words that have an entity type on the diagonal, under the type of the first.
    private var spans: [Entity] {
        var spans: [Entity] = []
        for word in cells.indices where entityTypes.contains(cells[word][word]) {
            if let last = spans.last, last.end == word {
                spans[spans.count - 1].end = word + 1
            } else {
                spans.append(Entity(start: word, end: word + 1, type: cells[word][word]))
            }
        }
        return spans
    }

    /// For every two spans, both ways, the relation that most of their cells have.
    var triples: [RelationTriple] {
        spans.flatMap { head in
            spans.compactMap { tail -> RelationTriple? in
                guard head != tail else { return nil }
                var votes: [String: Int] = [:]
                for row in head.start..<head.end {
                    for column in tail.start..<tail.end {
                        let type = cells[min(row, column)][max(row, column)]
                        if !type.isEmpty, !entityTypes.contains(type) { votes[type, default: 0] += 1 }
                    }
                }
                guard let most = votes.max(by: { $0.value < $1.value }) else { return nil }
                return RelationTriple(head: head, tail: tail, type: most.key)
            }
        }
    }

    static func score(_ posts: [(gold: [RelationTriple], predicted: [RelationTriple], words: Int)]) -> Score {
        Scores(
            gold: posts.map { EEGATable($0.gold, words: $0.words).triples },
            predicted: posts.map { EEGATable($0.predicted, words: $0.words).triples }, type: \.type
        ).overall
    }
}

@Suite("The score of EEGA's script")
struct EEGAScoreTests {
    private func ours(_ posts: [(gold: [RelationTriple], predicted: [RelationTriple], words: Int)]) -> Score {
        Scores(
            goldTriples: posts.map(\.gold), predictedTriples: posts.map(\.predicted), matching: .unordered
        ).overall
    }

    /// Entities with a word between them, some of them related, in either direction.
    private func annotation(using generator: inout SplitMix64) -> [RelationTriple] {
        var entities: [Entity] = []
        var start = Int.random(in: 0..<3, using: &generator)
        while entities.count < 4 {
            let end = start + Int.random(in: 1...3, using: &generator)
            entities.append(Entity(start: start, end: end, type: ["per", "loc"].randomElement(using: &generator)!))
            start = end + Int.random(in: 1...2, using: &generator)
        }
        var triples: [RelationTriple] = []
        for (index, head) in entities.enumerated() {
            for tail in entities[(index + 1)...] where Bool.random(using: &generator) {
                let (head, tail) = Bool.random(using: &generator) ? (head, tail) : (tail, head)
                let type = ["peer", "contain"].randomElement(using: &generator)!
                triples.append(RelationTriple(head: head, tail: tail, type: type))
            }
        }
        return triples
    }

    @Test("is that of unordered pairs, each counted from both ends, where entities do not touch")
    func agreement() {
        var generator = SplitMix64(state: 5)
        for _ in 0..<50 {
            let posts = (0..<20).map { _ in
                let gold = annotation(using: &generator)
                var predicted = gold.filter { _ in Int.random(in: 0..<3, using: &generator) > 0 }
                for index in predicted.indices where Bool.random(using: &generator) {
                    predicted[index].type = "contain"
                }
                if Bool.random(using: &generator) { predicted = annotation(using: &generator) }
                return (gold: gold, predicted: predicted, words: 24)
            }
            let (theirs, ours) = (EEGATable.score(posts), ours(posts))
            #expect(theirs == Score(gold: 2 * ours.gold, predicted: 2 * ours.predicted, correct: 2 * ours.correct))
            #expect(ours.correct > 0 && ours.correct < ours.gold && theirs.f1 == ours.f1)
        }
    }

    @Test("loses what touches or overlaps: the table runs it together")
    func differences() {
        let (anna, oslo) = (Entity(start: 0, end: 1, type: "per"), Entity(start: 1, end: 2, type: "loc"))
        let touching = RelationTriple(head: anna, tail: oslo, type: "place_of_residence")
        let (city, state) = (Entity(start: 3, end: 4, type: "loc"), Entity(start: 3, end: 6, type: "org"))
        let overlapping = RelationTriple(head: city, tail: state, type: "contain")
        for triple in [touching, overlapping] {
            let posts = [(gold: [triple], predicted: [triple], words: 6)]
            #expect(EEGATable.score(posts) == Score() && ours(posts) == Score(gold: 1, predicted: 1, correct: 1))
        }
    }

    @Test(
        "knows 636 of the 640 gold triples of JMERE",
        .enabled(if: DataFolder.has("jmere"), "needs jmere in SHAPCA_DATA"))
    func published() throws {
        let posts = try Dataset.load(folder: DataFolder["jmere"], only: [.test])[.test].map { post in
            let triples = post.annotation.triples
            return (gold: triples, predicted: triples, words: post.length)
        }
        #expect(ours(posts).gold == 640)
        #expect(EEGATable.score(posts).gold == 2 * 636)
    }
}
