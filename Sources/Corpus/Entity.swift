/// A typed span of a post.
public struct Entity: Sendable, Hashable, Codable {
    /// The offset of the first token (or Unicode scalar).
    public var start: Int
    /// The offset after the last token (or Unicode scalar).
    public var end: Int
    /// The kind of thing that is named, for example `PER`.
    public var type: String

    /// Makes an entity over `start..<end`.
    public init(start: Int, end: Int, type: String) {
        self.start = start
        self.end = end
        self.type = type
    }
}
