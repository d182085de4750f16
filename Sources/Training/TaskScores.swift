import Corpus
import Evaluation
import Extraction

/// The scores of a task, each by its protocol.
public struct TaskScores: Sendable {
    /// Scores by one protocol.
    public struct Named: Sendable {
        public let measure: Measure
        public let scores: Scores
    }

    /// The score that models are chosen by first. For entities and relations together that is EEGA's own, as pairs of
    /// words with i <= j have no direction.
    public let all: [Named]

    /// The score that models are chosen by.
    public var main: Scores { all[0].scores }

    /// - Parameters:
    ///   - gold: of each post.
    ///   - predicted: of the same posts, in the same offsets.
    public init(_ task: Task, gold: [Annotation], predicted: [Annotation]) {
        func entities() -> Named {
            Named(
                measure: .entities, scores: Scores(gold: gold.map(\.entities), predicted: predicted.map(\.entities)))
        }
        switch task {
        case .entities: all = [entities()]
        case .relations:
            let (goldTypes, predictedTypes) = Self.relationTypes(gold: gold, predicted: predicted)
            let scores = Scores(goldRelations: goldTypes, predictedRelations: predictedTypes)
            all = [Named(measure: .relations, scores: scores)]
        case .joint:
            let (goldTriples, predictedTriples) = (
                gold.map { $0.relations.triples(of: $0.entities) },
                predicted.map { $0.relations.triples(of: $0.entities) }
            )
            all =
                [
                    (Measure.jointUnordered, JointProtocol.unordered), (.jointStrict, .strict),
                    (.jointBoundaries, .boundaries),
                ]
                .map { measure, judged in
                    Named(
                        measure: measure,
                        scores: Scores(
                            goldTriples: goldTriples, predictedTriples: predictedTriples, matching: judged))
                } + [entities()]
        }
    }

    /// The scores of each post alone: `[posts]`.
    package static func ofEachPost(_ task: Task, gold: [Annotation], predicted: [Annotation]) -> [TaskScores] {
        zip(gold, predicted).map { TaskScores(task, gold: [$0], predicted: [$1]) }
    }

    /// The relation of every pair that is asked about, and what was predicted for it: None where there is none.
    private static func relationTypes(
        gold: [Annotation], predicted: [Annotation]
    ) -> (gold: [String], predicted: [String]) {
        var types: (gold: [String], predicted: [String]) = ([], [])
        for (gold, predicted) in zip(gold, predicted) {
            for (head, tail) in gold.pairs {
                types.gold.append(gold.relation(head: head, tail: tail)?.type ?? Relation.noneType)
                types.predicted.append(predicted.relation(head: head, tail: tail)?.type ?? Relation.noneType)
            }
        }
        return types
    }
}
