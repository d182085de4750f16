import Corpus
import Foundation

/// All paths of one sentence, summed by the forward-backward algorithm (Rabiner, 1989).
///
/// Sums over tags multiply plain weights; what is carried from word to word is a logarithm, so that no score, however
/// extreme, overflows or vanishes.
struct ChainLattice {
    /// The logarithm of the sum over all paths.
    let logPartition: Double
    private let chain: Chain
    private let emissions: UnsafeBufferPointer<Float>
    /// `[words, tags]`: log-sums of all beginnings that end in a tag, its emission included.
    private let forward: [Double]
    /// `[words, tags]`: log-sums of all continuations after a tag, its emission left out.
    private let backward: [Double]

    private var words: Int { emissions.count / chain.tagCount }

    /// - Parameter emissions: `[words, tags]` of at least one word; it must outlive the lattice.
    init(_ chain: Chain, emissions: UnsafeBufferPointer<Float>) {
        let tags = chain.tagCount
        let words = emissions.count / tags
        var forward = [Double](repeating: 0, count: words * tags)
        var backward = forward
        var weights = [Double](repeating: 0, count: tags)
        for tag in 0..<tags { forward[tag] = chain.start[tag] + Double(emissions[tag]) }
        for word in 1..<max(words, 1) {
            let base = exponentials(of: forward[(word - 1) * tags..<word * tags], into: &weights) + chain.shift
            for tag in 0..<tags {
                var sum = 0.0
                for from in 0..<tags { sum += weights[from] * chain.weights[from * tags + tag] }
                forward[word * tags + tag] = base + log(sum) + Double(emissions[word * tags + tag])
            }
        }
        for tag in 0..<tags { backward[(words - 1) * tags + tag] = chain.end[tag] }
        var following = [Double](repeating: 0, count: tags)
        for word in stride(from: words - 2, through: 0, by: -1) {
            for tag in 0..<tags {
                following[tag] = Double(emissions[(word + 1) * tags + tag]) + backward[(word + 1) * tags + tag]
            }
            let base = exponentials(of: following[...], into: &weights) + chain.shift
            for tag in 0..<tags {
                var sum = 0.0
                for to in 0..<tags { sum += weights[to] * chain.weights[tag * tags + to] }
                backward[word * tags + tag] = base + log(sum)
            }
        }
        for tag in 0..<tags { following[tag] = forward[(words - 1) * tags + tag] + chain.end[tag] }
        let top = exponentials(of: following[...], into: &weights)
        logPartition = top + log(weights.reduce(0, +))
        self.chain = chain
        self.emissions = emissions
        self.forward = forward
        self.backward = backward
    }

    /// The probability that a word carries a tag.
    func probability(word: Int, tag: Int) -> Double {
        let index = word * chain.tagCount + tag
        return exp(forward[index] + backward[index] - logPartition)
    }

    /// The probability that exactly the words of an entity form an entity of its type.
    func probability(of entity: Entity, labels: LabelSet) -> Double {
        guard let begin = labels.index(of: .begin(entity.type)), let inside = labels.index(of: .inside(entity.type))
        else { return 0 }
        let tags = chain.tagCount
        var score = forward[entity.start * tags + begin]
        var last = begin
        for word in (entity.start + 1)..<max(entity.end, entity.start + 1) {
            score += chain.transitions[last * tags + inside] + Double(emissions[word * tags + inside])
            last = inside
        }
        let continuations: [Double]
        if entity.end == words {
            continuations = [chain.end[last]]
        } else {
            continuations = (0..<tags).filter { $0 != inside }.map { tag in
                let index = entity.end * tags + tag
                return chain.transitions[last * tags + tag] + Double(emissions[index]) + backward[index]
            }
        }
        let top = continuations.max() ?? -.infinity
        guard top > -.infinity else { return 0 }
        let sum = continuations.reduce(0) { $0 + exp($1 - top) }
        return min(1, exp(score + top + log(sum) - logPartition))
    }

    /// Adds `weight` times the gradient of the path's negative log-likelihood: expected minus observed counts.
    /// - Parameter setEmission: receives each derivative with respect to `emissions`, by index.
    func accumulateGradient(
        _ path: [Int], weight: Double, into gradient: inout ChainGradient, setEmission: (Int, Float) -> Void
    ) {
        let tags = chain.tagCount
        var before = [Double](repeating: 0, count: tags)
        var after = before
        for word in 0..<words {
            for tag in 0..<tags {
                let marginal = probability(word: word, tag: tag) - (path[word] == tag ? 1 : 0)
                setEmission(word * tags + tag, Float(weight * marginal))
                if word == 0 { gradient.start[tag] += weight * marginal }
                if word == words - 1 { gradient.end[tag] += weight * marginal }
            }
            guard word > 0 else { continue }
            let base = exponentials(of: forward[(word - 1) * tags..<word * tags], into: &before) + chain.shift
            for tag in 0..<tags {
                let index = word * tags + tag
                after[tag] = exp(base + Double(emissions[index]) + backward[index] - logPartition)
            }
            for from in 0..<tags {
                for to in 0..<tags {
                    let index = from * tags + to
                    gradient.transitions[index] += weight * before[from] * chain.weights[index] * after[to]
                }
            }
            gradient.transitions[path[word - 1] * tags + path[word]] -= weight
        }
    }
}

/// Writes `exp(value - top)` for each of `values` and returns `top`, their maximum (0 where all are minus infinity).
private func exponentials(of values: ArraySlice<Double>, into result: inout [Double]) -> Double {
    let maximum = values.max() ?? 0
    let top = maximum > -.infinity ? maximum : 0
    for (index, value) in values.enumerated() { result[index] = exp(value - top) }
    return top
}
