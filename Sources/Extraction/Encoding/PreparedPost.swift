import Foundation

/// A post ready to be put into batches.
package struct PreparedPost: Sendable {
    package let words: PostWords
    package var encoded: EncodedPost
    package let picture: Picture

    /// The input that the model gets from a post's picture.
    package enum Picture: Sendable, Equatable {
        /// Nothing, and why.
        case absent(PictureOutcome)
        /// A picture that is looked at when its batch is made.
        case file(URL)
    }

    /// The outcome of the picture of a post that is not read.
    var pictureOutcome: PictureOutcome {
        if case .absent(let outcome) = picture { outcome } else { PictureOutcome(.unseen) }
    }

    /// The same post without its picture.
    package var hidingPicture: PreparedPost {
        PreparedPost(words: words, encoded: encoded, picture: .absent(PictureOutcome(.none)))
    }

    /// Whether the model will see a picture, as far as is known before it is decoded.
    package var hasPicture: Bool {
        if case .absent = picture { false } else { true }
    }
}
