import Foundation

/// Turns picture files into small JPEG files that may leave the machine.
///
/// The whole picture is decoded within the limits, upright, on white, in 8-bit sRGB, scaled down where it is too large,
/// and encoded again: no metadata (place, camera, thumbnail, colour profile) of the original is in it.
public struct PictureShrinker: Sendable, Hashable {
    /// The most pixels of the longer side; a smaller picture keeps its size.
    public let largestSide: Int
    /// The limits of a picture that is decoded at all.
    public let limits: PictureLimits
    /// The quality of the JPEG file, of 100.
    private static let quality = 90

    /// A shrinker.
    /// - Precondition: The side is positive.
    public init(largestSide: Int, limits: PictureLimits = PictureLimits()) {
        precondition(largestSide > 0, "a picture of side \(largestSide) shows nothing")
        self.largestSide = largestSide
        self.limits = limits
    }

    /// The picture as a small JPEG file.
    /// - Parameter name: What errors call the picture.
    public func jpeg(of bytes: Data, name: String) throws(PictureError) -> Data {
        try limits.admit(bytes, name: name) { (bytes, format) throws(PictureError) in
            guard let picture = VipsPicture.shrunk(bytes, side: largestSide) else {
                throw .undecodable(name, format: format, reason: "its data are damaged")
            }
            guard let picture = picture.opaqueSRGB() else {
                throw .undecodable(name, format: format, reason: "its colours cannot be converted to sRGB")
            }
            guard let file = picture.jpeg(quality: Self.quality) else {
                throw .undecodable(name, format: format, reason: "its data are damaged or cut short")
            }
            return Data(file)
        }
    }
}
