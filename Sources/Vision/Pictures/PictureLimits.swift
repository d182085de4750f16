/// How much of a picture is accepted. All limits are checked before anything is decoded.
public struct PictureLimits: Sendable, Hashable {
    /// The most bytes of a file, 50 MiB unless told otherwise.
    public var byteCount: Int
    /// The most pixels of a picture (width times height), 100 million unless told otherwise.
    public var pixelCount: Int
    /// How many times as long as the shorter side the longer one may be, 100 unless told otherwise.
    ///
    /// A line a pixel wide would be scaled to gigapixels before its centre is cut out.
    public var sideRatio: Int

    /// Limits that admit any photograph that people post.
    public init(byteCount: Int = 50 << 20, pixelCount: Int = 100_000_000, sideRatio: Int = 100) {
        self.byteCount = byteCount
        self.pixelCount = pixelCount
        self.sideRatio = sideRatio
    }
}
