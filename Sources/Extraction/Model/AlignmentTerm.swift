import Torch

/// One contrastive loss.
public struct AlignmentTerm {
    /// A scalar of the gradient graph.
    public let loss: Tensor
    public let cosines: AlignmentCosines
}
