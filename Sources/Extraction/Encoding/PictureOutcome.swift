import Support
import Vision

/// The outcome of a picture of a post.
public struct PictureOutcome: Sendable, Equatable {
    public let status: PictureStatus
    /// Why the picture could not be used; nil where it was, where there is none, and where it was known to be missing.
    public let reason: String?

    init(_ status: PictureStatus, reason: String? = nil) { (self.status, self.reason) = (status, reason) }

    /// The outcome of a picture that the post of a dataset names but that is not in its folder.
    init(outside image: String, post: String) {
        self.init(
            .unreadable,
            reason: "\(image.shortened): the picture of post \(post.shortened) is outside the dataset's folder; "
                + "put it into the folder")
    }

    init(_ error: PictureError) {
        if case .missing = error {
            self.init(.missing, reason: error.description)
        } else {
            self.init(.unreadable, reason: error.description)
        }
    }
}

/// The outcome of a picture of a post, in the word that predictions carry.
public enum PictureStatus: String, Sendable, Codable {
    /// The picture was seen.
    case used
    /// The post has no picture.
    case none
    /// The post names a picture that does not exist.
    case missing
    /// The picture is there but could not be decoded.
    case unreadable
    /// The model did not read the post.
    case unseen
    /// The post has more pictures than the model reads, and this is one of those beyond.
    case omitted
}

extension [PictureStatus] {
    /// The outcome of a post's pictures in one word: `used` where any was, else what became of the first that is there.
    var summary: PictureStatus { contains(.used) ? .used : first { $0 != .none } ?? .none }
}
