/// What became of a post's picture, in the word that predictions carry.
public enum PictureStatus: String, Sendable, Codable {
    /// The picture was seen.
    case used
    /// The post has no picture.
    case none
    /// The post names a picture that is not there.
    case missing
    /// The picture is there but could not be decoded.
    case unreadable
}
