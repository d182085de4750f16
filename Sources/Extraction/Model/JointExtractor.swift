import Corpus
import Torch

/// Entities and their relations in one table of word pairs (MJERE; Yuan et al., 2023).
///
/// Label 0 is for pairs that say nothing, then come the entity types, on the pairs within an entity, and the relation
/// types, on the pairs of a word of the first entity and one of the second. Only pairs (i, j) with i <= j are scored.
package final class JointExtractor: Module, TaskHead {
    package let wordPairs: WordPairLayer
    private let labels: LabelSet
    private let labelCount: Int
    private let reduction: WordPairOptions.Reduction

    init(_ configuration: ModelConfiguration) {
        labels = configuration.labels
        reduction = configuration.wordPair.reduction
        labelCount = WordPairTable.labelCount(labels)
        wordPairs = WordPairLayer(
            width: configuration.fusion.width, partsOfSpeech: configuration.partsOfSpeech.count,
            labelCount: labelCount, dropout: configuration.dropout,
            options: configuration.wordPair, syntax: configuration.head.syntax)
    }

    package func loss(_ fused: Tensor, _ batch: Batch) -> Tensor {
        let pairs = WordPairs(triangles: batch)
        let gold = zip(batch.targets, batch.wordCounts).flatMap { target, words in
            WordPairTable.gold(target.annotation, labels: labels, words: words)
        }
        guard pairs.count > 0 else { return fused.sum() * 0 }
        return pairs.logProbabilities(fused, wordPairs).negativeLogLikelihood(
            gold, reduction: reduction, posts: batch.wordCounts.count)
    }

    package func decode(_ paths: [Tensor], _ batch: Batch) -> [ScoredAnnotation] {
        let pairs = WordPairs(triangles: batch)
        guard pairs.count > 0 else { return batch.wordCounts.map { _ in ScoredAnnotation() } }
        let probabilities = pairs.logProbabilities(paths, wordPairs).exp()
        return probabilities.withUnsafeElements(as: Float.self) { values in
            // An operator that failed leaves a stand-in, and its error to the caller.
            guard values.count == pairs.count * labelCount else { return [] }
            var start = 0
            return batch.wordCounts.map { words in
                let cells = words * (words + 1) / 2
                defer { start += cells }
                let rows = UnsafeBufferPointer(
                    rebasing: values[(start * labelCount)..<((start + cells) * labelCount)])
                return WordPairTable(words: words, labels: labels, probabilities: rows).annotation()
            }
        }
    }
}
