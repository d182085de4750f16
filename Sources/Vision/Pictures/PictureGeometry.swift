/// Which square of a picture a network looks at: the shortest side is scaled, then the centre is cut out.
public struct PictureGeometry: Sendable, Hashable {
    /// The length, in pixels, that the shortest side is scaled to.
    public let shortestSide: Int
    /// The side, in pixels, of the square cut out of the centre.
    public let cropSide: Int

    /// A geometry.
    /// - Precondition: The crop is not empty and fits the scaled picture.
    public init(shortestSide: Int, cropSide: Int) {
        precondition(cropSide > 0 && cropSide <= shortestSide, "a crop of \(cropSide) needs a side of at least as much")
        self.shortestSide = shortestSide
        self.cropSide = cropSide
    }
}
