import Corpus
import Foundation

/// All paths of one sentence, summed by the forward-backward algorithm (Rabiner, 1989).
///
/// The lattice carries logarithms from word to word. The sums over tags multiply plain weights, or use logarithms where
/// those vanish. So no score, however extreme, overflows or is lost.
struct ChainLattice {
    /// The logarithm of the sum over all paths.
    let logPartition: Double
    private let chain: LinearChain
    private let emissions: UnsafeBufferPointer<Float>
    /// `[words, tags]`: log-sums of all beginnings that end in a tag, its emission included.
    private let forward: [Double]
    /// `[words, tags]`: log-sums of all continuations after a tag, its emission left out.
    private let backward: [Double]

    private var words: Int { emissions.count / chain.tagCount }

    /// - Parameter emissions: `[words, tags]` of at least one word; it must outlive the lattice.
    init(_ chain: LinearChain, emissions: UnsafeBufferPointer<Float>) {
        let tags = chain.tagCount
        let words = emissions.count / tags
        var forward = [Double](repeating: 0, count: words * tags)
        var backward = forward
        var sums = ScoreSums(chain)
        for tag in 0..<tags { forward[tag] = chain.start[tag] + chain.potential(emissions[tag]) }
        for word in 1..<max(words, 1) {
            sums.prepare(forward[(word - 1) * tags..<word * tags])
            for tag in 0..<tags {
                forward[word * tags + tag] = sums.total(to: tag) + chain.potential(emissions[word * tags + tag])
            }
        }
        for tag in 0..<tags { backward[(words - 1) * tags + tag] = chain.end[tag] }
        for word in stride(from: words - 2, through: 0, by: -1) {
            let next = (word + 1) * tags..<(word + 2) * tags
            sums.prepare(next.map { chain.potential(emissions[$0]) + backward[$0] }[...])
            for tag in 0..<tags { backward[word * tags + tag] = sums.total(from: tag) }
        }
        logPartition = logSumExp((0..<tags).map { forward[(words - 1) * tags + $0] + chain.end[$0] })
        self.chain = chain
        self.emissions = emissions
        self.forward = forward
        self.backward = backward
    }

    /// The probability that a word carries a tag.
    func probability(word: Int, tag: Int) -> Double {
        let index = word * chain.tagCount + tag
        return share(forward[index] + backward[index])
    }

    /// The probability that a word carries a tag and the word before it another.
    func probability(word: Int, from: Int, to: Int) -> Double {
        let (before, after) = ((word - 1) * chain.tagCount + from, word * chain.tagCount + to)
        let score = forward[before] + chain.transitions[from * chain.tagCount + to]
        return share(score + (chain.potential(emissions[after]) + backward[after]))
    }

    /// The share of paths with this summed score among all; rounding errors of huge scores do not take it beyond 1.
    private func share(_ score: Double) -> Double { exp(min(0, score - logPartition)) }

    /// The probability that exactly the words of an entity form an entity of its type.
    func probability(of entity: Entity, labels: LabelSet) -> Double {
        guard let begin = labels.index(of: .begin(entity.type)), let inside = labels.index(of: .inside(entity.type))
        else { return 0 }
        let tags = chain.tagCount
        var score = forward[entity.start * tags + begin]
        var last = begin
        for word in (entity.start + 1)..<max(entity.end, entity.start + 1) {
            score += chain.transitions[last * tags + inside] + chain.potential(emissions[word * tags + inside])
            last = inside
        }
        let continuations: [Double]
        if entity.end == words {
            continuations = [chain.end[last]]
        } else {
            continuations = (0..<tags).filter { $0 != inside }.map { tag in
                let index = entity.end * tags + tag
                return chain.transitions[last * tags + tag] + chain.potential(emissions[index]) + backward[index]
            }
        }
        return share(score + logSumExp(continuations))
    }

    /// Adds `weight` times the gradient of the negative log-likelihood: expected minus observed counts.
    /// - Parameters:
    ///   - observed: the counts of the annotation.
    ///   - setEmission: receives each derivative with respect to `emissions`, by index.
    func accumulateGradient(
        _ observed: some TagCounts, weight: Double, into gradient: inout ChainGradient,
        setEmission: (Int, Float) -> Void
    ) {
        let tags = chain.tagCount
        for word in 0..<words {
            for to in 0..<tags {
                let marginal = probability(word: word, tag: to) - observed.probability(word: word, tag: to)
                setEmission(word * tags + to, Float(weight * marginal))
                if word == 0 { gradient.start[to] += weight * marginal }
                if word == words - 1 { gradient.end[to] += weight * marginal }
                guard word > 0 else { continue }
                for from in 0..<tags {
                    let index = from * tags + to
                    gradient.transitions[index] += weight * probability(word: word, from: from, to: to)
                    gradient.transitions[index] -= weight * observed.probability(word: word, from: from, to: to)
                }
            }
        }
    }
}

/// How probable the tags of words are.
protocol TagCounts {
    /// The probability that a word carries a tag.
    func probability(word: Int, tag: Int) -> Double
    /// The probability that a word carries a tag and the word before it another.
    func probability(word: Int, from: Int, to: Int) -> Double
}

extension ChainLattice: TagCounts {}

/// The one path of an annotation that leaves nothing open.
struct TagPath: TagCounts {
    let tags: [Int]

    func probability(word: Int, tag: Int) -> Double { tags[word] == tag ? 1 : 0 }

    func probability(word: Int, from: Int, to: Int) -> Double {
        tags[word] == to && tags[word - 1] == from ? 1 : 0
    }
}

/// Logarithms of sums over the tags of one word, each with the transition between it and a tag of a neighbouring word.
private struct ScoreSums {
    private let chain: LinearChain
    private var scores: [Double]
    private var weights: [Double]
    private var base = 0.0

    init(_ chain: LinearChain) {
        self.chain = chain
        scores = Array(repeating: 0, count: chain.tagCount)
        weights = scores
    }

    /// Takes the scores of a word's tags.
    mutating func prepare(_ scores: ArraySlice<Double>) {
        let top = scores.max() ?? 0
        base = (top > -.infinity ? top : 0) + chain.shift
        for (tag, score) in scores.enumerated() {
            self.scores[tag] = score
            weights[tag] = exp(score - base + chain.shift)
        }
    }

    /// Over the tags that a tag of the next word may follow.
    func total(to tag: Int) -> Double { total { $0 * chain.tagCount + tag } }

    /// Over the tags that may follow a tag of the word before.
    func total(from tag: Int) -> Double { total { tag * chain.tagCount + $0 } }

    @inline(__always)
    private func total(_ transition: (Int) -> Int) -> Double {
        var sum = 0.0
        for tag in 0..<chain.tagCount { sum += weights[tag] * chain.weights[transition(tag)] }
        // Near the smallest numbers that a Double holds, sums lose their digits.
        if sum > 1e-280 { return base + log(sum) }
        return logSumExp((0..<chain.tagCount).map { scores[$0] + chain.transitions[transition($0)] })
    }
}

/// The logarithm of the sum of exponentials; minus infinity where all values are.
private func logSumExp(_ values: [Double]) -> Double {
    let top = values.max() ?? -.infinity
    guard top > -.infinity else { return top }
    return top + log(values.reduce(0) { $0 + exp($1 - top) })
}
