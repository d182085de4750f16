import Corpus
import Foundation
import Torch

/// The relation of two given entities, by the pairs of their words (MRE).
package final class RelationClassifier: Module, TaskHead {
    package let wordPairs: WordPairLayer
    private let labels: LabelSet
    private let reduction: WordPairOptions.Reduction

    init(_ configuration: ModelConfiguration) {
        labels = configuration.labels
        reduction = configuration.wordPair.reduction
        wordPairs = WordPairLayer(
            width: configuration.fusion.width, partsOfSpeech: configuration.partsOfSpeech.count,
            labelCount: labels.relationTypes.count, dropout: configuration.dropout, options: configuration.wordPair,
            syntax: configuration.head.syntax)
    }

    package func loss(_ fused: Tensor, _ batch: Batch) -> Tensor {
        let (pairs, blocks) = blocks(batch, labelledBy: batch.targets)
        guard pairs.count > 0 else { return fused.sum() * 0 }
        let gold = blocks.flatMap { block in block.pairs.compactMap { _ in block.label } }
        return pairs.logProbabilities(fused, wordPairs).negativeLogLikelihood(
            gold, reduction: reduction, posts: batch.wordCounts.count)
    }

    package func decode(_ paths: [Tensor], _ batch: Batch) -> [ScoredAnnotation] {
        let (pairs, blocks) = blocks(batch)
        var found = batch.queries.map { query in
            ScoredAnnotation(entities: query.entities.map { ScoredEntity(entity: $0, score: 1) })
        }
        guard pairs.count > 0 else { return found }
        let count = labels.relationTypes.count
        let logs = pairs.logProbabilities(paths, wordPairs).doubles()
        // An operator that failed leaves a stand-in, and its error to the caller.
        guard logs.count == pairs.count * count else { return found }
        for block in blocks {
            let means = (0..<count).map { label in
                block.pairs.reduce(0) { $0 + logs[$1 * count + label] } / Double(block.pairs.count)
            }
            guard let best = means.indices.max(by: { means[$0] < means[$1] }) else { continue }
            let total = means.reduce(0) { $0 + exp($1 - means[best]) }
            found[block.post].relations.append(
                ScoredRelation(
                    relation: Relation(head: block.head, tail: block.tail, type: labels.relationTypes[best]),
                    score: 1 / total))
        }
        return found
    }

    /// The pairs of words of one pair of entities.
    private struct Block {
        var post: Int
        var head: Int
        var tail: Int
        /// The annotated relation as a label; "None" where there is none, and nil where the labels have no "None" or
        /// nothing is annotated.
        var label: Int?
        var pairs: Range<Int>
    }

    /// - Parameter targets: the annotation of every post, of which pairs with a label are kept; nil to keep all pairs.
    private func blocks(_ batch: Batch, labelledBy targets: [EncodedPost.Target]? = nil) -> (WordPairs, [Block]) {
        var pairs = WordPairs(batch)
        var blocks: [Block] = []
        for (post, query) in batch.queries.enumerated() {
            let words = batch.wordCounts[post]
            for pair in query.pairs {
                let (from, to) = (query.entities[pair.head], query.entities[pair.tail])
                let label = targets.flatMap { self.label(of: pair, in: $0[post].annotation) }
                guard from.end <= words, to.end <= words, from.start < from.end, to.start < to.end,
                    label != nil || targets == nil
                else { continue }
                let start = pairs.count
                for row in from.start..<from.end {
                    for column in to.start..<to.end { pairs.add(post: post, row: row, column: column) }
                }
                blocks.append(
                    Block(post: post, head: pair.head, tail: pair.tail, label: label, pairs: start..<pairs.count))
            }
        }
        return (pairs, blocks)
    }

    private func label(of pair: EntityPair, in annotation: Annotation) -> Int? {
        let type = annotation.relation(head: pair.head, tail: pair.tail)?.type ?? Relation.noneType
        return labels.relationTypes.firstIndex(of: type)
    }
}
