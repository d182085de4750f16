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

/// A typed, directed relation between two entities of a post.
public struct Relation: Sendable, Hashable, Codable {
    /// The index of the relation's subject among the post's entities.
    public var head: Int
    /// The index of the relation's object among the post's entities.
    public var tail: Int
    /// The kind of relation, for example `held_on`.
    public var type: String

    /// The type of a pair that has no relation, which scores of relations leave out.
    public static let noneType = "None"

    /// Makes a relation from entity `head` to entity `tail`.
    public init(head: Int, tail: Int, type: String) {
        self.head = head
        self.tail = tail
        self.type = type
    }
}
