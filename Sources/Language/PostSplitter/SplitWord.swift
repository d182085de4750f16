/// A word of a raw text and where it stands.
public struct SplitWord: Hashable, Sendable {
    /// The word as written.
    public let text: String
    /// The offset of its first Unicode scalar.
    public let start: Int
    /// The offset behind its last Unicode scalar.
    public let end: Int

    /// A word of a raw text.
    public init(text: String, start: Int, end: Int) {
        self.text = text
        self.start = start
        self.end = end
    }
}
