import Torch

/// The vectors of a batch that are aligned, and which items have which (paper, section 3.2).
struct AlignmentVectors {
    /// x_t, `[batch, d]`
    var text: Tensor
    /// x_c, `[batch, d]`; nil where no item has a context.
    var context: Tensor?
    /// x_v mapped to the text's width, `[batch, d]`; nil where no item has a picture.
    var picture: Tensor?
    /// The items that have a context.
    var withContext: [Int]
    /// The items that have a picture.
    var withPicture: [Int]

    /// The means over the pieces of texts and contexts.
    /// - Parameters:
    ///   - text, context: the encodings that hold each, `[batch, pieces, d]`.
    ///   - picture: x_v mapped to the text's width, `[batch, d]`.
    init(
        _ batch: Batch, _ input: Batch.AlignmentInput, text: Tensor, context: Tensor, picture: Tensor?,
        pooling: AlignmentOptions.Pooling
    ) {
        func mean(_ pieces: Tensor, _ weights: Tensor) -> Tensor {
            weights.to(pieces.dtype).matmul(pieces).squeezed(1)
        }
        self.text = pooling == .cls ? text.select(1, 0) : mean(text, input.textMean)
        self.context = batch.contextRows == nil ? nil : mean(context, input.contextMean)
        self.picture = picture
        (withContext, withPicture) = (batch.withContext, batch.withPicture)
    }
}
