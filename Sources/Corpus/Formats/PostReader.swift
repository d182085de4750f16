import Support

/// A file of posts, read one post at a time.
///
/// A post that cannot be read comes as an error, and the next post follows it. ``findings`` collects what is odd but
/// readable.
public protocol PostReader: AnyObject, Sequence<Result<Post, CorpusError>>, IteratorProtocol {
    /// The line on which the last post began.
    var location: SourceLocation { get }
    /// The oddities of the posts so far.
    var findings: Findings { get }
}

extension PostReader {
    /// Reads every post that is left.
    /// - Throws: the first ``CorpusError``.
    public func posts() throws -> [Post] {
        var posts: [Post] = []
        for result in self { posts.append(try result.get()) }
        return posts
    }
}

extension Findings {
    /// Counts what is odd in a post that is well formed, and leaves out white space at the edges of its entities.
    mutating func inspect(_ post: inout Post, at location: SourceLocation) {
        if post.isEmpty {
            add(.emptyPost, at: location, "post \(post.id.quoted) has no words; remove it or add some")
        } else if case .tokens(let tokens) = post.content, let index = tokens.firstIndex(where: \.isBlank) {
            let count = tokens.count(where: \.isBlank)
            add(.blankToken, at: location, "tokens[\(index)] of post \(post.id.quoted) is blank (\(count) in the post)")
        }
        inspectEntities(of: &post, at: location)
        if let (left, right) = post.firstOverlap {
            add(.overlappingEntities, at: location, "entities[\(left)] and entities[\(right)] overlap")
        }
        inspectRelations(of: post, at: location)
    }

    /// Trims entities, and names those of which nothing is left.
    private mutating func inspectEntities(of post: inout Post, at location: SourceLocation) {
        guard !post.entities.isEmpty else { return }
        let units = post.content.units
        for index in post.entities.indices {
            let entity = post.entities[index]
            guard let trimmed = units.trimmed(entity.start..<entity.end) else {
                add(
                    .blankEntity, at: location,
                    "\(post.name(ofEntityAt: index)) (\(entity.start)..<\(entity.end)), is blank; remove it")
                continue
            }
            if trimmed != entity.start..<entity.end {
                add(
                    .trimmedEntity, at: location,
                    "\(post.name(ofEntityAt: index)), is read without the white space at its edges")
                (post.entities[index].start, post.entities[index].end) = (trimmed.lowerBound, trimmed.upperBound)
            }
        }
    }

    private mutating func inspectRelations(of post: Post, at location: SourceLocation) {
        guard !post.relations.isEmpty else { return }
        var types: [EntityPair: String] = [:]
        for (index, relation) in post.relations.enumerated() {
            let name = "relations[\(index)] of post \(post.id.quoted)"
            if post.entities[relation.head] == post.entities[relation.tail] {
                add(.selfRelation, at: location, "\(name) leads from an entity to itself")
            }
            let pair = EntityPair(head: relation.head, tail: relation.tail)
            let first = types[pair, default: relation.type]
            types[pair] = first
            if first != relation.type {
                add(
                    .severalTypes, at: location,
                    "\(name) is \(relation.type.quoted), after \(first.quoted) of the same pair; keep one")
            }
        }
    }
}

/// An entity as MNRE and EEGA write it: its name, and its place among the tokens.
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
