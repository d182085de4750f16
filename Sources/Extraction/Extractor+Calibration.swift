import Corpus
import Torch

extension Extractor {
    /// The temperature at which the gold tags of annotated posts are most probable. The scores of entities are calibrated
    /// with it where the posts are not those that the model learnt from.
    ///
    /// Posts that are not read, and those with an entity of a type that the model does not know, do not count.
    /// - Returns: nil where no post counts, and for models of word pairs, whose scores have no temperature.
    /// - Throws: `TorchError`.
    package func fittedTemperature(to posts: [Post], batchSize: Int) throws -> Double? {
        guard let tagger = model.head as? EntityTagger else { return nil }
        let types = Set(configuration.labels.entityTypes)
        let known = posts.filter { $0.entities.allSatisfy { types.contains($0.type) } }
        var prepared = try prepare(known)
        for (index, post) in known.enumerated() where prepared[index].encoded.refusal == nil {
            let fitting = prepared[index].encoded.wordStarts.count
            prepared[index].encoded.target =
                try EncodedTarget(post, prepared[index].words, fitting: fitting, configuration).target
        }
        let targeted = prepared
        let sentences = try map(Self.batches(of: targeted, size: batchSize)) { _, indices in
            try withTrainingMode(false) {
                let seen = try batch(indices.map { targeted[$0] })
                return try model.taggedSentences(seen.batch, precision: precision)
            }
        }
        return tagger.fittedTemperature(to: sentences.flatMap { $0 })
    }
}
