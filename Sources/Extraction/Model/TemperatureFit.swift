import Corpus
import Foundation

/// The emissions of a sentence and its gold tags.
package struct TaggedSentence: Sendable {
    /// `[words, tags]`
    package let emissions: [Float]
    /// The gold tag of each word.
    package let tags: [Int]
    /// The paths that the annotation allows where it does not cover all types; nil where it does.
    package let allowed: AllowedTags?

    package init(emissions: [Float], tags: [Int], allowed: AllowedTags? = nil) {
        (self.emissions, self.tags, self.allowed) = (emissions, tags, allowed)
    }

    /// The log-sum of the scores of all paths that the annotation allows: of one, where it covers all types.
    /// - Parameter emissions: the sentence's own.
    fileprivate func goldScore(_ chain: LinearChain, emissions: UnsafeBufferPointer<Float>) -> Double {
        allowed?.withLattice(chain, emissions: emissions, \.logPartition) ?? chain.score(tags, emissions: emissions)
    }
}

extension LinearChainCRF {
    /// The temperature at which the gold tags of sentences are most probable among all legal tags: all potentials, emissions
    /// and transitions, are divided by it (temperature scaling; Guo et al., 2017).
    /// - Returns: nil where no sentence has words.
    package func fittedTemperature(to sentences: [TaggedSentence], labels: LabelSet) -> Double? {
        let sentences = sentences.filter { !$0.tags.isEmpty }
        return sentences.isEmpty ? nil : TemperatureFit(chain: chain(labels: labels), sentences: sentences).temperature
    }
}

/// The search for the temperature of a linear chain.
///
/// The negative log-likelihood is log Z(β) - β s for β = 1/T, the log-partition and the score of the gold tags. That is
/// convex in β, so that it has one minimum over log T, which a golden-section search finds (Kiefer, 1953). Where types are not
/// annotated, the log-sum of the paths that the annotation allows stands in for β s, and the search finds a minimum.
struct TemperatureFit {
    /// Where temperatures are looked for. Where nothing is wrong in the sentences, the lower the temperature the better they
    /// fit, and the least is taken.
    static let range = 0.25...16.0
    /// The width of the last interval of log T.
    private static let tolerance = 1e-5

    let chain: LinearChain
    let sentences: [TaggedSentence]

    var temperature: Double {
        let section = (5.0.squareRoot() - 1) / 2
        var (low, high) = (log(Self.range.lowerBound), log(Self.range.upperBound))
        var (left, right) = (high - section * (high - low), low + section * (high - low))
        var (atLeft, atRight) = (loss(at: left), loss(at: right))
        while high - low > Self.tolerance {
            if atLeft <= atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - section * (high - low)
                atLeft = loss(at: left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + section * (high - low)
                atRight = loss(at: right)
            }
        }
        return exp((low + high) / 2)
    }

    /// The negative log-likelihood of the gold tags, summed over sentences.
    private func loss(at logarithm: Double) -> Double {
        let chain = chain.tempered(exp(logarithm))
        return sentences.reduce(0) { sum, sentence in
            sentence.emissions.withUnsafeBufferPointer { emissions in
                sum + ChainLattice(chain, emissions: emissions).logPartition
                    - sentence.goldScore(chain, emissions: emissions)
            }
        }
    }
}
