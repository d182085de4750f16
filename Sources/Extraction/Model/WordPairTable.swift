import Corpus

/// The label probabilities of the pairs (i, j), i <= j, of one post, and what they spell.
package struct WordPairTable {
    private let words: Int
    private let labels: LabelSet
    /// `[pairs, labels]`
    private let probabilities: UnsafeBufferPointer<Float>
    private let labelCount: Int
    /// The most probable label of every pair.
    private let best: [Int]

    package init(words: Int, labels: LabelSet, probabilities: UnsafeBufferPointer<Float>) {
        self.words = words
        self.labels = labels
        self.probabilities = probabilities
        let count = Self.labelCount(labels)
        labelCount = count
        best = (0..<(words * (words + 1) / 2)).map { cell in
            (0..<count).max { probabilities[cell * count + $0] < probabilities[cell * count + $1] } ?? 0
        }
    }

    /// The most words of a post whose pairs are scored: half a million pairs, and some 400 MB with 26 labels.
    static let mostWords = 1000

    /// The number of labels of a pair: none, the entity types and the relation types.
    static func labelCount(_ labels: LabelSet) -> Int { 1 + labels.entityTypes.count + labels.relationTypes.count }

    /// The place of the pair (row, column), row <= column, among the pairs of a post, row by row.
    package static func cell(_ row: Int, _ column: Int, words: Int) -> Int {
        row * words - row * (row - 1) / 2 + column - row
    }

    /// The gold labels of the pairs of a post; labels beyond its words are left out.
    package static func gold(_ annotation: Annotation, labels: LabelSet, words: Int) -> [Int] {
        var table = [Int](repeating: 0, count: words * (words + 1) / 2)
        func put(_ label: Int, rows: Range<Int>, columns: Range<Int>) {
            for row in rows {
                for column in columns { table[cell(min(row, column), max(row, column), words: words)] = label }
            }
        }
        let spans = annotation.entities.map { min($0.start, words)..<min($0.end, words) }
        for (entity, span) in zip(annotation.entities, spans) {
            guard let type = labels.entityTypes.firstIndex(of: entity.type) else { continue }
            put(1 + type, rows: span, columns: span)
        }
        for relation in annotation.relations {
            guard let type = labels.relationTypes.firstIndex(of: relation.type) else { continue }
            put(1 + labels.entityTypes.count + type, rows: spans[relation.head], columns: spans[relation.tail])
        }
        return table
    }

    /// Entities are the longest runs of one type on the diagonal; the relation of two is the one that most of their
    /// pairs vote for, the more probable one of equals.
    package func annotation() -> ScoredAnnotation {
        let entities = entities()
        var relations: [ScoredRelation] = []
        for head in entities.indices {
            for tail in entities.indices.dropFirst(head + 1) {
                if let relation = relation(entities[head].entity, entities[tail].entity) {
                    relations.append(
                        ScoredRelation(
                            relation: Relation(head: head, tail: tail, type: relation.type), score: relation.score))
                }
            }
        }
        return ScoredAnnotation(entities: entities, relations: relations)
    }

    private func entities() -> [ScoredEntity] {
        let diagonal = (0..<words).map { best[Self.cell($0, $0, words: words)] }
        var entities: [ScoredEntity] = []
        var start = 0
        while start < words {
            let label = diagonal[start]
            let end = diagonal[start...].firstIndex { $0 != label } ?? words
            if (1...labels.entityTypes.count).contains(label) {
                let score = (start..<end).reduce(0) { $0 + probability(of: label, at: ($1, $1)) } / Double(end - start)
                entities.append(
                    ScoredEntity(
                        entity: Entity(start: start, end: end, type: labels.entityTypes[label - 1]), score: score))
            }
            start = end
        }
        return entities
    }

    /// - Parameter head: the entity that comes first.
    private func relation(_ head: Entity, _ tail: Entity) -> (type: String, score: Double)? {
        let first = 1 + labels.entityTypes.count
        var votes = [Int](repeating: 0, count: labels.relationTypes.count)
        var sums = [Double](repeating: 0, count: votes.count)
        for row in head.start..<head.end {
            for column in tail.start..<tail.end {
                let label = best[Self.cell(row, column, words: words)]
                if label >= first { votes[label - first] += 1 }
                for type in sums.indices { sums[type] += probability(of: first + type, at: (row, column)) }
            }
        }
        guard let type = votes.indices.max(by: { (votes[$0], sums[$0]) < (votes[$1], sums[$1]) }), votes[type] > 0
        else { return nil }
        let pairs = (head.end - head.start) * (tail.end - tail.start)
        return (labels.relationTypes[type], sums[type] / Double(pairs))
    }

    private func probability(of label: Int, at pair: (row: Int, column: Int)) -> Double {
        Double(probabilities[Self.cell(pair.row, pair.column, words: words) * labelCount + label])
    }
}
