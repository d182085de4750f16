import Language
import Torch
import Vision

/// Shap-CA (Luo et al., 2024): encoders, alignment, fusion and the last layer of a task.
package final class ShapCA: Module {
    package let textEncoder: any TextEncoder
    package let imageEncoder: (any ImageEncoder)?
    /// From d_v to d, so that pictures can be compared with contexts and texts; nil where nothing does in a compact model.
    package let imageProjection: Linear?
    package let projectionHeads: ProjectionHeads?
    package let fusion: AdaptiveFusion
    package let head: any TaskHead
    package let configuration: ModelConfiguration
    private let alignment: ContrastiveAlignment
    private let dropout: Dropout

    /// - Parameters:
    ///   - textEncoder: an encoder of `configuration.textEncoder`; nil for one with fresh weights.
    ///   - imageEncoder: the encoder of `configuration.imageEncoder`.
    package init(
        _ configuration: ModelConfiguration, textEncoder: (any TextEncoder)? = nil, imageEncoder: (any ImageEncoder)?
    ) {
        let width = configuration.textEncoder.width
        self.textEncoder = textEncoder ?? configuration.textEncoder.makeEncoder()
        self.imageEncoder = imageEncoder
        let projects = configuration.compact == nil || configuration.alignment.shared
        imageProjection = projects ? imageEncoder.map { Linear($0.width, width) } : nil
        projectionHeads =
            configuration.alignment.usesProjection
            ? ProjectionHeads(width: width, hasPictures: imageEncoder != nil) : nil
        fusion = AdaptiveFusion(
            textWidth: width, imageWidth: imageEncoder.map { configuration.alignment.shared ? width : $0.width },
            options: configuration.fusion)
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
        /// The same with every picture hidden; nil where that has no weight or there is no picture to hide.
        package let hiddenPicture: Tensor?
        package let alignment: AlignmentTerms
        /// The terms of the alignment with their weights.
        package let weighted: (text: Tensor?, picture: Tensor?)
        /// task + alpha * text + beta * picture, and the weighted loss with hidden pictures
        package let total: Tensor
    }

    /// The loss of a batch with gold annotation.
    /// - Parameters:
    ///   - precision: of the matrix products; nil for 32-bit floats.
    ///   - players: the posts that play the games; nil where those of the batch do.
    ///   - hiddenPictureWeight: the weight of the task's loss with every picture hidden.
    ///   - seed: of the sampled estimators' random orders.
    /// - Throws: `TorchError`, or `ShapleyError` when a representation is not a number.
    package func losses(
        _ batch: Batch, players: Batch? = nil, precision: DType? = nil, hiddenPictureWeight: Double = 0, seed: UInt64
    ) throws -> Losses {
        try withTorchErrors {
            let (task, hidden, vectors) = withAutocast(precision, on: batch.device) {
                () -> (Tensor, Tensor?, AlignmentVectors?) in
                let encoding = encode(batch)
                let input = fusionInput(encoding, batch)
                let hidesPictures = hiddenPictureWeight > 0 && readsPictures(encoding)
                return (
                    head.loss(fused(input, batch), batch),
                    hidesPictures ? head.loss(fused(input, batch, hidingPictures: true), batch) : nil,
                    players.map { self.vectors(encode($0), $0) } ?? self.vectors(encoding, batch)
                )
            }
            let terms = try vectors.map { try AlignmentTerms($0, alignment: alignment, seed: seed) } ?? AlignmentTerms()
            let weighted = terms.weighted(alignment.options)
            let aligned = [weighted.text, weighted.picture].compactMap { $0 }
            let added = aligned.first.map { first in aligned.dropFirst().reduce(first, +) }
            let total = [added, hidden.map { $0 * hiddenPictureWeight }].compactMap { $0 }.reduce(task, +)
            return Losses(task: task, hiddenPicture: hidden, alignment: terms, weighted: weighted, total: total)
        }
    }

    /// M^t, the words of every post enriched with context and picture, `[batch, words, D]`, with its gradient graph: what
    /// an oracle is compared with.
    /// - Throws: `TorchError`.
    package func fusedWords(_ batch: Batch, precision: DType? = nil) throws -> Tensor {
        try withTorchErrors {
            withAutocast(precision, on: batch.device) {
                let encoding = encode(batch)
                return fused(fusionInput(encoding, batch), batch)
            }
        }
    }

    /// The entities and relations of every post, in word offsets, with their probabilities.
    /// - Throws: `TorchError`.
    package func annotations(_ batch: Batch, precision: DType? = nil) throws -> [ScoredAnnotation] {
        try withoutGradients {
            try withTorchErrors {
                withAutocast(precision, on: batch.device) { decode(encode(batch), batch) }
            }
        }
    }

    /// The same, with the similarities of the batch's games.
    /// - Parameter batch: with what the alignment compares.
    /// - Throws: `TorchError`.
    package func annotationsAndGames(
        _ batch: Batch, precision: DType? = nil
    ) throws -> (annotations: [ScoredAnnotation], games: Games) {
        try withoutGradients {
            try withTorchErrors {
                let (annotations, compared) = withAutocast(precision, on: batch.device) {
                    let encoding = encode(batch)
                    return (decode(encoding, batch), vectors(encoding, batch))
                }
                return (annotations, games(compared))
            }
        }
    }

    /// The posts of a batch with gold tags, as a temperature is fitted to them; none where the head gives no tags.
    /// - Throws: `TorchError`.
    func taggedSentences(_ batch: Batch, precision: DType? = nil) throws -> [TaggedSentence] {
        guard let tagger = head as? EntityTagger else { return [] }
        return try withoutGradients {
            try withTorchErrors {
                withAutocast(precision, on: batch.device) { tagger.tagged(paths(encode(batch), batch), batch) }
            }
        }
    }

    private func decode(_ encoding: Encoding, _ batch: Batch) -> [ScoredAnnotation] {
        head.decode(paths(encoding, batch), batch)
    }

    /// M^t by each path whose scores count when predicting.
    private func paths(_ encoding: Encoding, _ batch: Batch) -> [Tensor] {
        let input = fusionInput(encoding, batch)
        let hidesPictures = configuration.fusion.paths == .both && readsPictures(encoding)
        let hidden = hidesPictures ? [fused(input, batch, hidingPictures: true)] : []
        return [fused(input, batch)] + hidden
    }

    /// The similarities that the games of a batch are played on.
    package struct Games: Sendable {
        /// Cosines of texts with contexts.
        package var text: GameSides?
        /// Cosines of pictures with contexts, or with texts when aligned directly.
        package var picture: GameSides?
    }

    /// The cosines between the two sides of a game.
    package struct GameSides: Sendable {
        /// `[items][items]`
        package let cosines: [[Double]]
        package let items: [PicturePlace]
        package let players: Players
    }

    /// The similarities of a batch; a side that no post has is absent.
    /// - Parameter batch: with what the alignment compares.
    /// - Throws: `TorchError`.
    package func games(_ batch: Batch, precision: DType? = nil) throws -> Games {
        try withoutGradients {
            try withTorchErrors {
                games(withAutocast(precision, on: batch.device) { vectors(encode(batch), batch) })
            }
        }
    }

    private func games(_ vectors: AlignmentVectors?) -> Games {
        func game(_ sides: AlignmentVectors.Sides?) -> GameSides? {
            guard let sides else { return nil }
            let cosines = ContrastiveAlignment.cosines(sides.first.to(.float32), sides.second.to(.float32))
            let (values, count) = (cosines.doubles(), sides.items.count)
            guard values.count == count * count else { return nil }
            return GameSides(
                cosines: (0..<count).map { Array(values[($0 * count)..<(($0 + 1) * count)]) }, items: sides.items,
                players: sides.players)
        }
        return Games(text: game(vectors?.textSides), picture: game(vectors?.pictureSides(alignment.options.via)))
    }

    /// The attention of each word of a post to each region of its pictures, `[words][regions]`, those of one picture after those of
    /// another; nil without a picture.
    /// - Parameter batch: one post.
    /// - Throws: `TorchError`.
    package func regionAttention(_ batch: Batch) throws -> [[Double]]? {
        try withoutGradients {
            try withTorchErrors {
                let encoding = encode(batch)
                guard let regions = regions(of: encoding) else { return nil }
                let rows = rows(of: encoding.pieces, batch)
                let weights = fusion.regionAttention(
                    words: rows.words, contextPieces: rows.context, regions: regions, masks: batch.masks)
                guard let weights, weights.shape.count == 3 else { return nil }
                let (values, count) = (weights.doubles(), weights.size(2))
                let regionsOfPicture = regions.size(1) / batch.places
                return (0..<batch.wordCounts[0]).map { word in
                    batch.withPicture.flatMap { place in
                        values[(word * count + place.number * regionsOfPicture)...].prefix(regionsOfPicture)
                    }
                }
            }
        }
    }

    /// The encodings of a batch.
    private struct Encoding {
        /// `[batch, pieces, d]`
        var pieces: Tensor
        /// H_v, `[batch, regions, d_v]`, those of all places of a post, and x_v, `[batch * places, d_v]`, with rows of 0 where no
        /// picture is seen.
        var picture: (regions: Tensor, pooled: Tensor)?
    }

    private func encode(_ batch: Batch) -> Encoding {
        let pieces = batch.tokens.encoded(by: textEncoder)
        guard let imageEncoder, let pictures = batch.pictures else { return Encoding(pieces: pieces) }
        let features =
            switch pictures {
            case .features(let features): features
            case .pixels(let pixels): imageEncoder(pixels)
            }
        let regions = batch.spread(features.regions)
        return Encoding(
            pieces: pieces,
            picture: (
                regions.reshaped([batch.wordCounts.count, -1, regions.size(-1)]), batch.spread(features.pooled)
            ))
    }

    /// What the fusion reads.
    private struct FusionInput {
        /// H_t, `[batch, words, d]`
        var words: Tensor
        /// H_c, `[batch, pieces, d]`
        var context: Tensor?
        /// H_v, `[batch, regions, d_v]`, or `[batch, regions, d]` through the aligned projection.
        var regions: Tensor?
    }

    private func fusionInput(_ encoding: Encoding, _ batch: Batch) -> FusionInput {
        let rows = rows(of: dropout(encoding.pieces), batch)
        return FusionInput(words: rows.words, context: rows.context, regions: regions(of: encoding))
    }

    /// Whether the fusion reads pictures of a batch.
    private func readsPictures(_ encoding: Encoding) -> Bool {
        encoding.picture != nil && configuration.fusion.attention != .none
    }

    private func regions(of encoding: Encoding) -> Tensor? {
        encoding.picture.map {
            configuration.alignment.shared ? imageProjection?($0.regions) ?? $0.regions : $0.regions
        }
    }

    private func fused(_ input: FusionInput, _ batch: Batch, hidingPictures: Bool = false) -> Tensor {
        fusion(
            words: input.words, contextPieces: input.context, regions: hidingPictures ? nil : input.regions,
            masks: hidingPictures ? batch.masks.withoutPictures() : batch.masks)
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
            batch, input, text: input.separate?.text.encoded(by: textEncoder) ?? encoding.pieces,
            context: input.separate?.context.encoded(by: textEncoder) ?? encoding.pieces,
            picture: encoding.picture.flatMap { imageProjection?($0.pooled) }, pooling: configuration.alignment.pooling)
        return projectionHeads?(vectors) ?? vectors
    }
}
