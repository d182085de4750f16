/// Entities that cannot be written as BIO tags.
public enum LabelError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The type has no tag.
    case unknownType(String, known: [String])
    /// The offsets leave the sentence.
    case outOfRange(Entity, count: Int)
    /// Another entity already has one of the words.
    case overlap(Entity)

    public var description: String {
        switch self {
        case .unknownType(let type, let known):
            "entity type \(type.quoted) is not among the labels (\(known.joined(separator: ", "))); map it to one of "
                + "them or train with it"
        case .outOfRange(let entity, let count):
            "entity \(entity.start)..<\(entity.end) does not fit a sentence of \(count) words"
        case .overlap(let entity):
            "entity \(entity.start)..<\(entity.end) (\(entity.type)) overlaps another one, which BIO tags cannot "
                + "express; keep one of the two"
        }
    }
}
