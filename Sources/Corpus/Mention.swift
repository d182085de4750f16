/// An entity as MNRE and EEGA write it: its name, and where that stands among the tokens.
struct Mention {
    /// The words of the entity.
    var name: String
    /// The first token, and the one behind the last.
    var position: [Int]
    /// The kind of entity.
    var type: String
}

extension Findings {
    /// The entity that a mention means; a name that differs from the words at its place is counted.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` where the place is not among the tokens.
    mutating func entity(
        _ mention: Mention, among tokens: [String], field: String, at location: SourceLocation
    ) throws(CorpusError) -> Entity {
        let position = mention.position
        guard position.count == 2, 0 <= position[0], position[0] < position[1], position[1] <= tokens.count else {
            throw .malformed(
                location,
                problem: "field \(field).pos: \(position.prefix(3)) does not fit \(tokens.count) tokens; "
                    + "give [start, end], 0 <= start < end <= \(tokens.count), end exclusive")
        }
        let words = tokens[position[0]..<position[1]].joined(separator: " ")
        if words != mention.name {
            add(.differingName, at: location, "field \(field): \(mention.name.quoted) stands for \(words.quoted)")
        }
        return Entity(start: position[0], end: position[1], type: mention.type)
    }
}
