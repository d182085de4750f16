import Corpus
import Torch

/// Named entities: emission scores and a conditional random field (Eq. 12 and 13).
package final class EntityTagger: Module, TaskHead {
    package let classifier: EntityClassifier
    package let crf: LinearChainCRF
    private let labels: LabelSet

    init(_ configuration: ModelConfiguration) {
        labels = configuration.labels
        classifier = EntityClassifier(
            width: configuration.fusion.width, partsOfSpeech: configuration.partsOfSpeech.count,
            tagCount: labels.tags.count, dropout: configuration.dropout, syntax: configuration.head.syntax)
        crf = LinearChainCRF(tagCount: labels.tags.count)
    }

    /// The scores of every tag for every word, `[batch, words, tags]`.
    package func emissions(_ fused: Tensor, _ batch: Batch) -> Tensor {
        classifier(fused, partsOfSpeech: batch.partsOfSpeech)
    }

    package func loss(_ fused: Tensor, _ batch: Batch) -> Tensor {
        crf.negativeLogLikelihood(
            emissions(fused, batch).to(.float32), tags: batch.targets.map(\.tags),
            allowed: batch.targets.map(\.allowedTags))
    }

    package func decode(_ paths: [Tensor], _ batch: Batch) -> [ScoredAnnotation] {
        let scores = paths.map { emissions($0, batch) }
        return crf.decode(scores.count > 1 ? .mean(of: scores) : scores[0], lengths: batch.wordCounts, labels: labels)
            .map { ScoredAnnotation(entities: $0) }
    }
}
