import Corpus
import Torch

/// The linear-chain conditional random field over a sentence's tags (Lafferty et al., 2001; Eq. 13).
package final class LinearChainCRF: Module {
    /// `[tags]`: scores of the first tag.
    package let start: Tensor
    /// `[tags]`: scores of the last tag.
    package let end: Tensor
    /// `[tags, tags]`: scores of a tag (row) followed by another (column).
    package let transitions: Tensor

    package init(tagCount: Int) {
        start = Initialization.uniform([tagCount], bound: 0.1)
        end = Initialization.uniform([tagCount], bound: 0.1)
        transitions = Initialization.uniform([tagCount, tagCount], bound: 0.1)
    }

    /// The negative log-likelihood of the annotation, averaged over sentences: log Z - log Z', where Z sums all paths, and
    /// Z' those that the annotation allows (Tsuboi et al., 2008). Where every type is annotated, that is the one path of the tags.
    /// - Parameters:
    ///   - emissions: `[batch, words, tags]`; rows beyond a sentence's length do not matter.
    ///   - tags: the tags of every sentence, which give its length; a sentence without words counts 0.
    ///   - allowed: the paths of every sentence of which some types are not annotated, and nil for the others; empty where all
    ///     types are annotated everywhere.
    package func negativeLogLikelihood(_ emissions: Tensor, tags: [[Int]], allowed: [AllowedTags?] = []) -> Tensor {
        let shape = emissions.shape
        let chain = chain()
        // An operator that failed leaves a stand-in, and its error to the caller.
        guard shape.count == 3, shape[2] == chain.tagCount else { return emissions }
        let sentences = tags.count
        var total = 0.0
        var forEmissions = [Float](repeating: 0, count: emissions.count)
        var gradient = ChainGradient(tagCount: chain.tagCount)
        emissions.to(.float32).withUnsafeElements(as: Float.self) { values in
            for (sentence, path) in tags.enumerated() where !path.isEmpty {
                let offset = sentence * shape[1] * shape[2]
                let rows = UnsafeBufferPointer(rebasing: values[offset..<(offset + path.count * shape[2])])
                let lattice = ChainLattice(chain, emissions: rows)
                let weight = 1 / Double(sentences)
                func setEmission(_ index: Int, _ value: Float) { forEmissions[offset + index] = value }
                guard sentence < allowed.count, let allowed = allowed[sentence] else {
                    total += lattice.logPartition - chain.score(path, emissions: rows)
                    lattice.accumulateGradient(
                        TagPath(tags: path), weight: weight, into: &gradient, setEmission: setEmission)
                    continue
                }
                total += allowed.withLattice(chain, emissions: rows) { allowed in
                    lattice.accumulateGradient(allowed, weight: weight, into: &gradient, setEmission: setEmission)
                    return lattice.logPartition - allowed.logPartition
                }
            }
        }
        let device = emissions.device
        func leaf(_ tensor: Tensor, _ gradient: [Float], value: Double = 0) -> Tensor {
            tensor.to(.float32).scalar(value, gradient: Tensor(gradient, shape: tensor.shape).to(device))
        }
        return leaf(emissions, forEmissions, value: total / Double(max(sentences, 1)))
            + leaf(start, gradient.start.map(Float.init)) + leaf(end, gradient.end.map(Float.init))
            + leaf(transitions, gradient.transitions.map(Float.init))
    }

    /// The most probable legal tags of every sentence, with the probability of each entity they spell.
    /// - Parameters:
    ///   - emissions: `[batch, words, tags]`
    ///   - lengths: the number of words of each sentence.
    ///   - labels: which transitions are legal.
    ///   - temperature: what all potentials are divided by where probabilities are computed; the best tags do not depend
    ///     on it.
    package func decode(
        _ emissions: Tensor, lengths: [Int], labels: LabelSet, temperature: Double = 1
    ) -> [[ScoredEntity]] {
        let shape = emissions.shape
        let chain = chain(labels: labels)
        let tempered = chain.tempered(temperature)
        guard shape.count == 3, shape[2] == chain.tagCount else { return [] }
        return emissions.to(.float32).withUnsafeElements(as: Float.self) { values in
            lengths.enumerated().map { sentence, length in
                guard length > 0 else { return [] }
                let offset = sentence * shape[1] * shape[2]
                let rows = UnsafeBufferPointer(rebasing: values[offset..<(offset + length * shape[2])])
                let entities = labels.entities(fromTagIndices: chain.bestPath(emissions: rows))
                guard !entities.isEmpty else { return [] }
                let lattice = ChainLattice(tempered, emissions: rows)
                return entities.map { entity in
                    ScoredEntity(entity: entity, score: lattice.probability(of: entity, labels: labels))
                }
            }
        }
    }

    /// The parameters in double precision.
    /// - Parameter labels: which transitions are legal; nil where all are.
    func chain(labels: LabelSet? = nil) -> LinearChain {
        LinearChain(
            start: start.doubles(), end: end.doubles(), transitions: transitions.doubles(),
            legalStarts: labels?.legalStarts, legalTransitions: labels?.legalTransitions)
    }
}
