import Torch

/// What a frozen encoder saw in a list of pictures, of which some may be bad.
public struct EncodedPictures: Sendable {
    /// The features of those pictures that could be decoded, in their order: `[good, regions, width]` and
    /// `[good, width]`; nil if none could.
    public let features: ImageFeatures?
    /// For each picture, why it could not be decoded; nil for a good one.
    public let errors: [PictureError?]
    /// How many pictures were found in the cache.
    public let cachedCount: Int
    /// Why features could not be written to the cache, if that is so; they are used all the same.
    public let cacheFailure: String?
}
