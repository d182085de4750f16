import Corpus

/// The items that a score counts, and the protocol of counting. The raw value is the name that tables print.
public enum Measure: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
    /// The relation of each given pair of entities, `None` left out.
    case relations = "relations, None left out"
    /// Triples by ``JointProtocol/unordered``.
    case jointUnordered = "joint, unordered pairs (EEGA)"
    /// Triples by ``JointProtocol/strict``.
    case jointStrict = "joint, strict"
    /// Triples by ``JointProtocol/boundaries``.
    case jointBoundaries = "joint, boundaries only"
    /// Entities by exact span and type.
    case entities = "entities"
}

/// The scores of a task by each of its measures.
public struct TaskScores: Sendable {
    /// Scores by one measure.
    public struct Measured: Sendable {
        /// The measure of the scores.
        public let measure: Measure
        /// The scores.
        public let scores: Scores
    }

    /// The scores, the one that models are chosen by first. For entities and relations together that is EEGA's own, as
    /// pairs of words with i <= j have no direction.
    public let all: [Measured]

    /// The scores that models are chosen by.
    public var main: Scores { all[0].scores }

    /// Scores the annotations of posts.
    /// - Parameters:
    ///   - gold: the annotation of each post.
    ///   - predicted: the answers for the same posts in the same order, in the same offsets.
    public init(_ task: ExtractionTask, gold: [Annotation], predicted: [Annotation]) {
        let measures: [Measure] =
            switch task {
            case .entities: [.entities]
            case .relations: [.relations]
            case .joint: [.jointUnordered, .jointStrict, .jointBoundaries, .entities]
            }
        all = measures.map { Measured(measure: $0, scores: $0.scores(gold: gold, predicted: predicted)) }
    }

    /// The scores of each post alone: `[posts]`.
    public static func ofEachPost(
        _ task: ExtractionTask, gold: [Annotation], predicted: [Annotation]
    ) -> [TaskScores] {
        zip(gold, predicted).map { TaskScores(task, gold: [$0], predicted: [$1]) }
    }
}

extension Measure {
    fileprivate func scores(gold: [Annotation], predicted: [Annotation]) -> Scores {
        func triples(_ matching: JointProtocol) -> Scores {
            Scores(goldTriples: gold.map(\.triples), predictedTriples: predicted.map(\.triples), matching: matching)
        }
        switch self {
        case .entities: return Scores(gold: gold.map(\.entities), predicted: predicted.map(\.entities))
        case .relations:
            let pairs = zip(gold, predicted).flatMap { gold, predicted in
                gold.pairs.map { (gold.relationType(of: $0), predicted.relationType(of: $0)) }
            }
            return Scores(goldRelations: pairs.map(\.0), predictedRelations: pairs.map(\.1))
        case .jointUnordered: return triples(.unordered)
        case .jointStrict: return triples(.strict)
        case .jointBoundaries: return triples(.boundaries)
        }
    }
}

extension Annotation {
    /// The relation of a pair that is asked about: `None` where there is none.
    fileprivate func relationType(of pair: EntityPair) -> String {
        relation(head: pair.head, tail: pair.tail)?.type ?? Relation.noneType
    }
}
