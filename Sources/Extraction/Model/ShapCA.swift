import Language
import Torch
import Vision

/// Shap-CA (Luo et al., 2024): encoders, alignment, fusion and the last layer of a task.
package final class ShapCA: Module {
    package let textEncoder: any TextEncoder
    package let imageEncoder: (any ImageEncoder)?
    /// From d_v to d, so that pictures can be compared with contexts and texts.
    package let imageProjection: Linear?
    package let projectionHeads: ProjectionHeads?
    package let fusion: AdaptiveFusion
    package let head: any TaskHead
    package let configuration: ModelConfiguration
    private let alignment: ContrastiveAlignment
    private let dropout: Dropout

    /// - Parameters:
    ///   - imageEncoder: the encoder that `configuration.imageEncoder` names.
    package init(_ configuration: ModelConfiguration, imageEncoder: (any ImageEncoder)?) {
        let width = configuration.textEncoder.width
        textEncoder = configuration.textEncoder.makeEncoder()
        self.imageEncoder = imageEncoder
        imageProjection = imageEncoder.map { Linear($0.width, width) }
        projectionHeads =
            configuration.alignment.usesProjection
            ? ProjectionHeads(width: width, hasPictures: imageEncoder != nil) : nil
        fusion = AdaptiveFusion(textWidth: width, imageWidth: imageEncoder?.width, options: configuration.fusion)
        head = configuration.makeHead()
        self.configuration = configuration
        alignment = ContrastiveAlignment(configuration.alignment)
        dropout = Dropout(configuration.dropout)
    }

    /// The device on which the model runs.
    package var device: Device { fusion.value.weight.device }

    /// The terms of the training loss (Eq. 19), each a scalar of the gradient graph.
    package struct Losses {
        /// The negative log-likelihood of the annotation.
        package let task: Tensor
        package let alignment: AlignmentTerms
        /// task + alpha * semantic + beta * modality
        package let total: Tensor
    }

    /// The loss of a batch with gold annotation.
    /// - Parameters:
    ///   - precision: of the matrix products; nil for 32-bit floats.
    ///   - seed: of the sampled estimators' random orders.
    /// - Throws: `TorchError`, or `ShapleyError` when a representation is not a number.
    package func losses(_ batch: Batch, precision: DType? = nil, seed: UInt64) throws -> Losses {
        try withTorchErrors {
            let (task, vectors) = withAutocast(precision, on: batch.device) {
                let encoding = encode(batch)
                return (head.loss(fused(encoding, batch), batch), self.vectors(encoding, batch))
            }
            let terms = try vectors.map { try AlignmentTerms($0, alignment: alignment, seed: seed) } ?? AlignmentTerms()
            let total = terms.weighted(alignment.options).map { task + $0 } ?? task
            return Losses(task: task, alignment: terms, total: total)
        }
    }

    /// M^t, the words of every post enriched with context and picture, `[batch, words, D]`, with its gradient graph: what
    /// an oracle is compared with.
    /// - Throws: `TorchError`.
    package func fusedWords(_ batch: Batch, precision: DType? = nil) throws -> Tensor {
        try withTorchErrors {
            withAutocast(precision, on: batch.device) { fused(encode(batch), batch) }
        }
    }

    /// The entities and relations of every post, in word offsets, with their probabilities.
    /// - Throws: `TorchError`.
    package func annotations(_ batch: Batch, precision: DType? = nil) throws -> [ScoredAnnotation] {
        try withoutGradients {
            try withTorchErrors {
                withAutocast(precision, on: batch.device) { head.decode(fused(encode(batch), batch), batch) }
            }
        }
    }

    /// The cosines between the texts and the contexts of the posts that have one, `[texts, contexts]`: the similarities
    /// of the semantic games.
    /// - Parameter batch: with what the alignment compares.
    /// - Throws: `TorchError`.
    package func similarities(_ batch: Batch) throws -> [[Double]] {
        try withoutGradients {
            try withTorchErrors {
                guard let vectors = vectors(encode(batch), batch), let context = vectors.context else { return [] }
                let items = Tensor(batch.withContext, shape: [batch.withContext.count]).to(batch.device)
                let cosines = ContrastiveAlignment.cosines(
                    vectors.text.indexSelect(0, items), context.indexSelect(0, items))
                let (values, count) = (cosines.doubles(), batch.withContext.count)
                guard values.count == count * count else { return [] }
                return (0..<count).map { Array(values[($0 * count)..<(($0 + 1) * count)]) }
            }
        }
    }

    /// The attention of each word of a post to each region of its picture, `[words][regions]`; nil without a picture.
    /// - Parameter batch: one post.
    /// - Throws: `TorchError`.
    package func regionAttention(_ batch: Batch) throws -> [[Double]]? {
        try withoutGradients {
            try withTorchErrors {
                let encoding = encode(batch)
                guard let regions = encoding.picture?.regions else { return nil }
                let rows = rows(of: encoding.pieces, batch)
                let weights = fusion.regionAttention(
                    words: rows.words, contextPieces: rows.context, regions: regions, masks: batch.masks)
                guard let weights, weights.shape.count == 3 else { return nil }
                let (values, count) = (weights.doubles(), weights.size(2))
                return (0..<batch.wordCounts[0]).map { Array(values[($0 * count)..<($0 * count + regions.size(1))]) }
            }
        }
    }

    /// The encodings of a batch.
    private struct Encoding {
        /// `[batch, pieces, d]`
        var pieces: Tensor
        /// H_v, `[batch, regions, d_v]`, and x_v, `[batch, d_v]`, with rows of 0 for posts without a picture.
        var picture: (regions: Tensor, pooled: Tensor)?
    }

    private func encode(_ batch: Batch) -> Encoding {
        let pieces = encode(batch.tokens)
        guard let imageEncoder, let pictures = batch.pictures else { return Encoding(pieces: pieces) }
        let features =
            switch pictures {
            case .features(let features): features
            case .pixels(let pixels): imageEncoder(pixels)
            }
        return Encoding(pieces: pieces, picture: (batch.spread(features.regions), batch.spread(features.pooled)))
    }

    private func encode(_ tokens: TokenBatch) -> Tensor {
        textEncoder(tokenIDs: tokens.tokenIDs, segmentIDs: tokens.segmentIDs, attentionMask: tokens.attentionMask)
    }

    private func fused(_ encoding: Encoding, _ batch: Batch) -> Tensor {
        let rows = rows(of: dropout(encoding.pieces), batch)
        return fusion(
            words: rows.words, contextPieces: rows.context, regions: encoding.picture?.regions, masks: batch.masks)
    }

    /// H_t and H_c, picked from the encoding of whole inputs.
    private func rows(of pieces: Tensor, _ batch: Batch) -> (words: Tensor, context: Tensor?) {
        let flat = pieces.reshaped([-1, pieces.size(-1)])
        return (flat.embedding(batch.wordRows), batch.contextRows.map { flat.embedding($0) })
    }

    /// The vectors to align; nil for a batch in which there is nothing to compare.
    private func vectors(_ encoding: Encoding, _ batch: Batch) -> AlignmentVectors? {
        guard let input = batch.alignment else { return nil }
        let vectors = AlignmentVectors(
            batch, input, text: input.separate.map { encode($0.text) } ?? encoding.pieces,
            context: input.separate.map { encode($0.context) } ?? encoding.pieces,
            picture: encoding.picture.flatMap { imageProjection?($0.pooled) }, pooling: configuration.alignment.pooling)
        return projectionHeads?(vectors) ?? vectors
    }
}
