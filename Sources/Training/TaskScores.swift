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
            let (goldTriples, predictedTriples) = (gold.map(\.triples), predicted.map(\.triples))
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
    static func ofEachPost(_ task: Task, gold: [Annotation], predicted: [Annotation]) -> [TaskScores] {
        zip(gold, predicted).map { TaskScores(task, gold: [$0], predicted: [$1]) }
    }

    /// The relation of every pair that is annotated, and what was predicted for it: None where nothing was.
    private static func relationTypes(
        gold: [Annotation], predicted: [Annotation]
    ) -> (gold: [String], predicted: [String]) {
        var types: (gold: [String], predicted: [String]) = ([], [])
        for (gold, predicted) in zip(gold, predicted) {
            for relation in gold.relations {
                let found = predicted.relation(head: relation.head, tail: relation.tail)
                types.gold.append(relation.type)
                types.predicted.append(found?.type ?? "None")
            }
        }
        return types
    }
}

extension Annotation {
    /// The relations with their entities.
    fileprivate var triples: [RelationTriple] {
        relations.map { RelationTriple(head: entities[$0.head], tail: entities[$0.tail], type: $0.type) }
    }
}
