import Support

/// The square of a picture that a network looks at: the picture is scaled, then the centre is cut out.
public struct PictureGeometry: Sendable, Hashable, CustomStringConvertible {
    /// The length, in pixels, that the shortest side is scaled to.
    public let shortestSide: Int
    /// The side, in pixels, of the square cut out of the centre.
    public let cropSide: Int
    /// Whether the other side is scaled to the same length, so that the picture loses its shape.
    public let isStretched: Bool
    /// The filter between pixels.
    public let filter: PictureFilter

    /// A geometry.
    /// - Precondition: The crop is not empty and fits the scaled picture.
    public init(shortestSide: Int, cropSide: Int, isStretched: Bool = false, filter: PictureFilter = .thumbnail) {
        precondition(cropSide > 0 && cropSide <= shortestSide, "a crop of \(cropSide) needs a side of at least as much")
        precondition(filter != .thumbnail || !isStretched, "a thumbnail keeps the shape of its picture")
        self.shortestSide = shortestSide
        self.cropSide = cropSide
        self.isStretched = isStretched
        self.filter = filter
    }

    /// Width and height of a scaled picture; the longer side loses what is no whole pixel.
    func scaledSize(width: Int, height: Int) -> (width: Int, height: Int) {
        let shorter = min(width, height)
        guard !isStretched, shorter > 0 else { return (shortestSide, shortestSide) }
        return (width * shortestSide / shorter, height * shortestSide / shorter)
    }

    /// The settings in a few words, by which caches distinguish them.
    public var description: String {
        "\(shortestSide)/\(cropSide)" + (isStretched ? " stretched" : "")
            + (filter == .thumbnail ? "" : " \(filter.rawValue)")
    }
}

/// How a picture is scaled.
public enum PictureFilter: String, Sendable, Hashable, CaseIterable {
    /// As libvips makes thumbnails: in one step from the file, at last by Lanczos' filter. For pictures that keep their shape.
    case thumbnail
    case lanczos
    case bilinear
    case bicubic
}

extension PictureGeometry: Codable {
    private enum CodingKeys: CodingKey { case shortestSide, cropSide, isStretched, filter }

    /// Reads the sizes and the filter.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        shortestSide = try fields.whole(.shortestSide, in: 1...8192)
        cropSide = try fields.whole(.cropSide, in: 1...shortestSide)
        isStretched = try fields.value(.isStretched, rule: "true or false")
        filter = try fields.choice(.filter)
        guard filter != .thumbnail || !isStretched else {
            throw fields.corrupted(.filter, "is thumbnail, which keeps the shape of pictures, but isStretched is true")
        }
    }

    /// Writes the sizes and the filter.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(shortestSide, forKey: .shortestSide)
        try fields.encode(cropSide, forKey: .cropSide)
        try fields.encode(isStretched, forKey: .isStretched)
        try fields.encode(filter.rawValue, forKey: .filter)
    }
}
