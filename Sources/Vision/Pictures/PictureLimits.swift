/// How much of a picture is accepted. Both limits are checked before anything is decoded.
public struct PictureLimits: Sendable, Hashable {
    /// The most bytes of a file, 50 MiB unless told otherwise.
    public var byteCount: Int
    /// The most pixels of a picture (width times height), 100 million unless told otherwise.
    public var pixelCount: Int

    /// Limits that admit any photograph that people post.
    public init(byteCount: Int = 50 << 20, pixelCount: Int = 100_000_000) {
        self.byteCount = byteCount
        self.pixelCount = pixelCount
    }
}
