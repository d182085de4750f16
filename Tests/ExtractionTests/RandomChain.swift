import Corpus
import Extraction
import Foundation
import Support
import Torch

/// One sentence with random scores, small enough to count its paths.
struct RandomChain {
    let words: Int
    let labels: LabelSet
    let emissionRows: [[Double]]
    let start: [Double]
    let end: [Double]
    let transitionRows: [[Double]]

    init(words: Int, labels: LabelSet, spread: Double, using generator: inout SplitMix64) {
        let tags = labels.tags.count
        func row() -> [Double] {
            (0..<tags).map { _ in Double(Float.random(in: -Float(spread)...Float(spread), using: &generator)) }
        }
        self.words = words
        self.labels = labels
        emissionRows = (0..<words).map { _ in row() }
        start = row()
        end = row()
        transitionRows = (0..<tags).map { _ in row() }
    }

    private init(_ chain: RandomChain, map: (Double) -> Double) {
        (words, labels) = (chain.words, chain.labels)
        (start, end) = (chain.start.map(map), chain.end.map(map))
        emissionRows = chain.emissionRows.map { $0.map(map) }
        transitionRows = chain.transitionRows.map { $0.map(map) }
    }

    /// The chain with all scores divided by a number.
    func divided(by divisor: Double) -> RandomChain { RandomChain(self) { $0 / divisor } }

    var emissions: Tensor { Tensor(emissionRows.flatMap { $0.map(Float.init) }, shape: [1, words, start.count]) }

    func crf() throws -> LinearChainCRF {
        let crf = LinearChainCRF(tagCount: start.count)
        try crf.load([
            "start": Tensor(start, shape: [start.count]), "end": Tensor(end, shape: [end.count]),
            "transitions": Tensor(transitionRows.flatMap { $0 }, shape: [start.count, start.count]),
        ])
        return crf
    }

    /// The score of a path: emissions, transitions, start and end.
    func score(_ path: [Int]) -> Double {
        path.indices.reduce(start[path[0]] + end[path[words - 1]]) { score, word in
            score + emissionRows[word][path[word]] + (word > 0 ? transitionRows[path[word - 1]][path[word]] : 0)
        }
    }

    /// The best legal path, and for every entity the share of legal paths that spell it.
    func countPaths() -> (best: [Int], posteriors: [Entity: Double]) {
        var paths: [(tags: [Int], score: Double)] = [([], 0)]
        for word in 0..<words {
            paths = paths.flatMap { path, score in
                start.indices.filter { tag in
                    path.last.map { labels.legalTransitions[$0][tag] } ?? labels.legalStarts[tag]
                }.map { tag in
                    let step = path.last.map { transitionRows[$0][tag] } ?? start[tag]
                    return (path + [tag], score + step + emissionRows[word][tag] + (word == words - 1 ? end[tag] : 0))
                }
            }
        }
        let top = paths.max { $0.score < $1.score } ?? ([], 0)
        let total = paths.reduce(0) { $0 + exp($1.score - top.score) }
        var posteriors: [Entity: Double] = [:]
        for path in paths {
            for entity in labels.entities(fromTagIndices: path.tags) {
                posteriors[entity, default: 0] += exp(path.score - top.score) / total
            }
        }
        return (top.tags, posteriors)
    }
}
