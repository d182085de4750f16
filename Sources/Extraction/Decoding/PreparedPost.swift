import Foundation
import Vision

/// A post ready to be put into batches.
public struct PreparedPost: Sendable {
    public let words: PostWords
    public var encoded: EncodedPost
    public let picture: Picture

    /// What the model gets of a post's picture.
    public enum Picture: Sendable {
        /// Nothing, and why.
        case absent(PictureStatus)
        /// A picture that is looked at when its batch is made.
        case file(URL)
    }
}
