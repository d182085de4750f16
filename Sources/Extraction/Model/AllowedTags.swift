import Corpus

/// The tags that a sentence may have where not every type is annotated in it.
///
/// An annotated entity is as it stands. A word outside of it is outside, or belongs to an entity of a type that is not
/// annotated. Such an entity begins with its own first word and so changes no border of an annotated one.
package struct AllowedTags: Sendable, Equatable {
    /// `[words, tags]`
    private let isAllowed: [Bool]
    private let legalStarts: [Bool]
    private let legalTransitions: [[Bool]]

    /// - Parameters:
    ///   - tags: the annotation, as indices of the labels' tags; legal BIO.
    ///   - types: the entity types that are not annotated.
    /// - Returns: nil where all types are annotated.
    package init?(_ tags: [Int], hiding types: Set<String>, labels: LabelSet) {
        let hidden = labels.tags.map { $0.type.map(types.contains) ?? false }
        guard hidden.contains(true) else { return nil }
        isAllowed = tags.indices.flatMap { word in
            let followsOutside = word > 0 && tags[word - 1] == 0
            return labels.tags.indices.map { tag in
                guard tags[word] == 0, hidden[tag] else { return tag == tags[word] }
                if case .inside = labels.tags[tag] { return followsOutside }
                return true
            }
        }
        legalStarts = labels.legalStarts
        legalTransitions = labels.legalTransitions
    }

    /// Sums the allowed paths.
    /// - Parameters:
    ///   - chain: with the scores of all paths.
    ///   - emissions: `[words, tags]`
    func withLattice<Value>(
        _ chain: LinearChain, emissions: UnsafeBufferPointer<Float>, _ body: (ChainLattice) -> Value
    ) -> Value {
        let legal = LinearChain(
            start: chain.start, end: chain.end, transitions: chain.transitions, legalStarts: legalStarts,
            legalTransitions: legalTransitions, emissionScale: chain.emissionScale)
        let masked = zip(emissions, isAllowed).map { $1 ? $0 : -.infinity }
        return masked.withUnsafeBufferPointer { body(ChainLattice(legal, emissions: $0)) }
    }
}
