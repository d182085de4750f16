import Corpus
import Torch

/// Named entities: emission scores and a conditional random field (Eq. 12 and 13).
package final class EntityTagger: Module, TaskHead {
    package let classifier: EntityClassifier
    package let crf: LinearChainCRF
    private let labels: LabelSet
    private let temperature: Double

    init(_ configuration: ModelConfiguration) {
        labels = configuration.labels
        temperature = configuration.scoreTemperature ?? 1
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
        crf.decode(emissions(paths, batch), lengths: batch.wordCounts, labels: labels, temperature: temperature)
            .map { ScoredAnnotation(entities: $0) }
    }

    /// The posts of a batch with gold tags, as a temperature is fitted to them.
    func tagged(_ paths: [Tensor], _ batch: Batch) -> [TaggedSentence] {
        let emissions = emissions(paths, batch).to(.float32)
        let shape = emissions.shape
        // An operator that failed leaves a stand-in, and its error to the caller.
        guard shape.count == 3 else { return [] }
        let (words, tags) = (shape[1], shape[2])
        return emissions.withUnsafeElements(as: Float.self) { values in
            batch.targets.enumerated().map { post, target in
                let start = post * words * tags
                return TaggedSentence(
                    emissions: Array(values[start..<(start + target.tags.count * tags)]), tags: target.tags,
                    allowed: target.allowedTags)
            }
        }
    }

    private func emissions(_ paths: [Tensor], _ batch: Batch) -> Tensor {
        let scores = paths.map { emissions($0, batch) }
        return scores.count > 1 ? .mean(of: scores) : scores[0]
    }

    /// See ``LinearChainCRF/fittedTemperature(to:labels:)``.
    func fittedTemperature(to sentences: [TaggedSentence]) -> Double? {
        crf.fittedTemperature(to: sentences, labels: labels)
    }
}
