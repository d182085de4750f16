import Foundation

/// The parameters of a linear chain in double precision; an illegal start or transition scores minus infinity.
struct LinearChain {
    let tagCount: Int
    let start: [Double]
    let end: [Double]
    /// Row-major `[tags, tags]`, from row to column.
    let transitions: [Double]
    /// The factor of every emission.
    let emissionScale: Double
    /// The exponentials of `transitions`, after `shift` was taken off.
    let weights: [Double]
    let shift: Double

    init(
        start: [Double], end: [Double], transitions: [Double], legalStarts: [Bool]? = nil,
        legalTransitions: [[Bool]]? = nil, emissionScale: Double = 1
    ) {
        tagCount = start.count
        self.start = legalStarts.map { zip(start, $0).map { $1 ? $0 : -.infinity } } ?? start
        self.end = end
        self.transitions =
            legalTransitions.map { zip(transitions, $0.joined()).map { $1 ? $0 : -.infinity } } ?? transitions
        self.emissionScale = emissionScale
        let shift = self.transitions.max() ?? 0
        self.shift = shift
        weights = self.transitions.map { exp($0 - shift) }
    }

    /// The chain at a temperature T: all potentials divided by it. The order of paths stays, their probabilities are
    /// nearer to each other where T is above 1, and farther apart below.
    func tempered(_ temperature: Double) -> LinearChain {
        let scale = 1 / temperature
        return LinearChain(
            start: start.map { $0 * scale }, end: end.map { $0 * scale }, transitions: transitions.map { $0 * scale },
            emissionScale: emissionScale * scale)
    }

    /// The potential of an emission.
    func potential(_ emission: Float) -> Double { Double(emission) * emissionScale }

    /// The score of a path: emissions, transitions, start and end.
    func score(_ path: [Int], emissions: UnsafeBufferPointer<Float>) -> Double {
        var score = start[path[0]] + end[path[path.count - 1]]
        for (word, tag) in path.enumerated() {
            score += potential(emissions[word * tagCount + tag])
            if word > 0 { score += transitions[path[word - 1] * tagCount + tag] }
        }
        return score
    }

    /// The path with the highest score (Viterbi, 1967).
    func bestPath(emissions: UnsafeBufferPointer<Float>) -> [Int] {
        let words = emissions.count / tagCount
        var best = (0..<tagCount).map { start[$0] + potential(emissions[$0]) }
        var origins: [Int] = []
        origins.reserveCapacity(words * tagCount)
        for word in 1..<max(words, 1) {
            var next = best
            for tag in 0..<tagCount {
                var origin = 0
                var top = -Double.infinity
                for from in 0..<tagCount {
                    let score = best[from] + transitions[from * tagCount + tag]
                    if score > top { (top, origin) = (score, from) }
                }
                next[tag] = top + potential(emissions[word * tagCount + tag])
                origins.append(origin)
            }
            best = next
        }
        let final = zip(best, end).map(+)
        var path = [final.indices.max { final[$0] < final[$1] } ?? 0]
        for word in stride(from: words - 2, through: 0, by: -1) {
            path.append(origins[word * tagCount + path[path.count - 1]])
        }
        return path.reversed()
    }
}

/// The gradient of a sum of negative log-likelihoods with respect to a chain's parameters.
struct ChainGradient {
    var start: [Double]
    var end: [Double]
    var transitions: [Double]

    init(tagCount: Int) {
        start = Array(repeating: 0, count: tagCount)
        end = start
        transitions = Array(repeating: 0, count: tagCount * tagCount)
    }
}
