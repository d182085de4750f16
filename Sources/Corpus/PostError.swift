/// An annotation that does not fit its post.
public enum PostError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The offsets of an entity are negative, reversed, empty or beyond the end.
    case badSpan(index: Int, entity: Entity, length: Int, unit: String)
    /// A relation points at an entity that is not there.
    case badRelation(index: Int, relation: Relation, entityCount: Int)
    /// A type is the empty string.
    case emptyType(field: String)

    public var description: String {
        switch self {
        case .badSpan(let index, let entity, let length, let unit):
            "field entities[\(index)]: start \(entity.start) and end \(entity.end) do not fit a post of \(length) "
                + "\(unit); give 0 <= start < end <= \(length), end exclusive"
        case .badRelation(let index, let relation, let entityCount):
            "field relations[\(index)]: head \(relation.head) and tail \(relation.tail) must index the post's "
                + "\(entityCount) entities, counted from 0"
        case .emptyType(let field):
            "field \(field): the type is empty; name it, for example \"PER\""
        }
    }
}
