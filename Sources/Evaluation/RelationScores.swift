import Corpus

extension Scores {
    /// Scores the relation of one pair of entities an item, as MNRE is scored: micro-averaged over all relations but
    /// the one that says there is none.
    ///
    /// An item is annotated where its gold relation is not `ignored`, and predicted where the predicted one is not; it
    /// is correct where both agree on another relation than `ignored`.
    /// - Parameters:
    ///   - goldRelations: the annotated relation of each item.
    ///   - predictedRelations: the predicted relation of the same items in the same order.
    ///   - ignored: the relation that stands for none.
    public init(goldRelations: [String], predictedRelations: [String], ignoring ignored: String = Relation.noneType) {
        func items(_ relations: [String]) -> [[String]] { relations.map { $0 == ignored ? [] : [$0] } }
        self.init(gold: items(goldRelations), predicted: items(predictedRelations), type: \.self)
    }

    /// Scores triples under the type of their relation.
    /// - Parameters:
    ///   - goldTriples: the annotated triples: `[posts][triples]`.
    ///   - predictedTriples: the predicted triples of the same posts in the same order.
    ///   - matching: when two triples are equal.
    public init(
        goldTriples: [[RelationTriple]], predictedTriples: [[RelationTriple]], matching: JointProtocol
    ) {
        func items(_ triples: [[RelationTriple]]) -> [[RelationTriple]] { triples.map { $0.map(matching.canonical) } }
        self.init(gold: items(goldTriples), predicted: items(predictedTriples), type: \.type)
    }
}

extension Score {
    /// The counts of one post, in which an item named twice counts once.
    public init<Item: Hashable>(gold: [Item], predicted: [Item]) {
        let (gold, predicted) = (Set(gold), Set(predicted))
        self.init(gold: gold.count, predicted: predicted.count, correct: gold.intersection(predicted).count)
    }
}
