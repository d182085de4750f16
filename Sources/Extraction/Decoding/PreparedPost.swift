import Foundation
import Torch
import Vision

/// A post ready to be put into batches.
public struct PreparedPost: Sendable {
    public let words: PostWords
    public var encoded: EncodedPost
    public let picture: PictureInput

    /// What the model gets of a post's picture.
    public enum PictureInput: Sendable {
        /// Nothing, and why.
        case absent(PictureStatus)
        /// A picture that is decoded when its batch is made.
        case file(URL)
        /// What a frozen encoder saw: `[regions, d_v]` and `[d_v]`.
        case features(regions: Tensor, pooled: Tensor)
    }
}
