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
            legalTransitions: legalTransitions)
        let masked = zip(emissions, isAllowed).map { $1 ? $0 : -.infinity }
        return masked.withUnsafeBufferPointer { body(ChainLattice(legal, emissions: $0)) }
    }
}

extension ChainLattice {
    /// Adds `weight` times the gradient of log Z - log Z', Z' being the sum of the paths that an annotation allows: the
    /// expected counts of all paths minus those of the allowed ones.
    /// - Parameter setEmission: receives each derivative with respect to `emissions`, by index.
    func accumulateGradient(
        allowing allowed: ChainLattice, weight: Double, into gradient: inout ChainGradient,
        setEmission: (Int, Float) -> Void
    ) {
        let tags = gradient.start.count
        for word in 0..<words {
            for to in 0..<tags {
                let marginal = probability(word: word, tag: to) - allowed.probability(word: word, tag: to)
                setEmission(word * tags + to, Float(weight * marginal))
                if word == 0 { gradient.start[to] += weight * marginal }
                if word == words - 1 { gradient.end[to] += weight * marginal }
                guard word > 0 else { continue }
                for from in 0..<tags {
                    let expected = probability(word: word, from: from, to: to)
                    let observed = allowed.probability(word: word, from: from, to: to)
                    gradient.transitions[from * tags + to] += weight * (expected - observed)
                }
            }
        }
    }
}
