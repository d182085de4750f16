import Language
import Torch
import Vision

/// Shap-CA for named entities (Luo et al., 2024): encoders, alignment, fusion and a conditional random field.
public final class ShapCA: Module {
    public let textEncoder: BertModel
    public let imageEncoder: (any ImageEncoder)?
    /// From d_v to d, so that pictures can be compared with contexts and texts.
    public let imageProjection: Linear?
    public let fusion: AdaptiveFusion
    public let classifier: EntityClassifier
    public let crf: LinearChainCRF
    public let configuration: ModelConfiguration
    private let alignment: ContrastiveAlignment
    private let dropout: Dropout

    /// - Parameters:
    ///   - imageEncoder: the encoder that `configuration.imageEncoder` names.
    public init(_ configuration: ModelConfiguration, imageEncoder: (any ImageEncoder)?) {
        let width = configuration.textEncoder.hiddenSize
        textEncoder = BertModel(configuration.textEncoder)
        self.imageEncoder = imageEncoder
        imageProjection = imageEncoder.map { Linear($0.width, width) }
        fusion = AdaptiveFusion(textWidth: width, imageWidth: imageEncoder?.width, options: configuration.fusion)
        classifier = EntityClassifier(
            width: configuration.fusion.width, partsOfSpeech: configuration.partsOfSpeech.count,
            tagCount: configuration.labels.tags.count, dropout: configuration.dropout)
        crf = LinearChainCRF(tagCount: configuration.labels.tags.count)
        self.configuration = configuration
        alignment = ContrastiveAlignment(configuration.alignment)
        dropout = Dropout(configuration.dropout)
    }

    /// Where the model runs.
    public var device: Device { crf.start.device }

    /// The terms of the training loss (Eq. 19), each a scalar of the gradient graph.
    public struct Losses {
        /// The negative log-likelihood of the tags.
        public let task: Tensor
        public let alignment: AlignmentTerms
        /// task + alpha * semantic + beta * modality
        public let total: Tensor
    }

    /// The loss of a batch with gold tags.
    /// - Parameters:
    ///   - precision: of the matrix products; nil for 32-bit floats.
    ///   - seed: of the sampled estimators' random orders.
    /// - Throws: `TorchError`, or `ShapleyError` when a representation is not a number.
    public func losses(_ batch: Batch, precision: DType? = nil, seed: UInt64) throws -> Losses {
        try withTorchErrors {
            let (emissions, vectors) = withAutocast(precision, on: batch.device) {
                let encoding = encode(batch)
                return (self.emissions(encoding, batch), self.vectors(encoding, batch))
            }
            let task = crf.negativeLogLikelihood(emissions.to(.float32), tags: batch.tags)
            let terms = try AlignmentTerms(vectors, alignment: alignment, seed: seed)
            let total = terms.weighted(alignment.options).map { task + $0 } ?? task
            return Losses(task: task, alignment: terms, total: total)
        }
    }

    /// The scores of every tag for every word, `[batch, words, tags]`, with their gradient graph.
    /// - Throws: `TorchError`.
    public func emissions(_ batch: Batch, precision: DType? = nil) throws -> Tensor {
        try withTorchErrors {
            withAutocast(precision, on: batch.device) { emissions(encode(batch), batch) }
        }
    }

    /// The entities of every post, in word offsets, with their probabilities.
    /// - Throws: `TorchError`.
    public func entities(_ batch: Batch, precision: DType? = nil) throws -> [[ScoredEntity]] {
        try withoutGradients {
            let emissions = try emissions(batch, precision: precision)
            return try withTorchErrors {
                crf.decode(emissions, lengths: batch.wordCounts, labels: configuration.labels)
            }
        }
    }

    /// What the encoders make of a batch.
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

    private func emissions(_ encoding: Encoding, _ batch: Batch) -> Tensor {
        let pieces = dropout(encoding.pieces)
        let rows = pieces.reshaped([-1, pieces.size(-1)])
        let fused = fusion(
            words: rows.embedding(batch.wordRows), contextPieces: batch.contextRows.map { rows.embedding($0) },
            regions: encoding.picture?.regions, masks: batch.masks)
        return classifier(fused, partsOfSpeech: batch.partsOfSpeech)
    }

    private func vectors(_ encoding: Encoding, _ batch: Batch) -> AlignmentVectors {
        let input = batch.alignment
        let text = input.separate.map { encode($0.text) } ?? encoding.pieces
        let context = input.separate.map { encode($0.context) } ?? encoding.pieces
        func mean(_ pieces: Tensor, _ weights: Tensor) -> Tensor {
            weights.to(pieces.dtype).matmul(pieces).squeezed(1)
        }
        return AlignmentVectors(
            text: configuration.alignment.pooling == .cls ? text.select(1, 0) : mean(text, input.textMean),
            context: batch.contextRows == nil ? nil : mean(context, input.contextMean),
            picture: encoding.picture.flatMap { imageProjection?($0.pooled) },
            withContext: batch.withContext, withPicture: batch.withPicture)
    }
}
