import Foundation

/// A post ready to be put into batches.
package struct PreparedPost: Sendable {
    package let words: PostWords
    package var encoded: EncodedPost
    /// The pictures that are read.
    package let pictures: [Picture]
    /// The number of further pictures, which the model does not read.
    package var omittedPictures = 0

    /// The input that the model gets from a picture of a post.
    package enum Picture: Sendable, Equatable {
        /// Nothing, and why.
        case absent(PictureOutcome)
        /// A picture that is looked at when its batch is made.
        case file(URL)
    }

    /// The outcomes of the pictures of a post that is not read.
    var pictureOutcomes: [PictureOutcome] {
        pictures.map { if case .absent(let outcome) = $0 { outcome } else { PictureOutcome(.unseen) } }
    }

    /// The same post without its pictures.
    package var hidingPictures: PreparedPost {
        PreparedPost(words: words, encoded: encoded, pictures: pictures.map { _ in .absent(PictureOutcome(.none)) })
    }

    /// Whether the model will see a picture, as far as is known before it is decoded.
    package var hasPicture: Bool {
        pictures.contains { if case .absent = $0 { false } else { true } }
    }
}
