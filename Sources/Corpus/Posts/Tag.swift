/// One word's label in the BIO scheme: outside, or the beginning or inside of an entity.
public enum Tag: Sendable, Hashable, CustomStringConvertible {
    case outside
    case begin(String)
    case inside(String)

    /// Reads `O`, `B-TYPE` or `I-TYPE`; anything else is nil.
    public init?(_ text: some StringProtocol) {
        if text == "O" {
            self = .outside
            return
        }
        let type = String(text.dropFirst(2))
        guard !type.isEmpty else { return nil }
        if text.hasPrefix("B-") {
            self = .begin(type)
        } else if text.hasPrefix("I-") {
            self = .inside(type)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .outside: "O"
        case .begin(let type): "B-\(type)"
        case .inside(let type): "I-\(type)"
        }
    }

    /// The type of the entity that the word belongs to; nil outside.
    public var type: String? {
        switch self {
        case .outside: nil
        case .begin(let type), .inside(let type): type
        }
    }

    /// Whether this tag may follow `previous`, or at the start of a sentence where that is nil.
    ///
    /// Only an inside tag can be illegal: it must continue an entity of its own type.
    package func isLegal(after previous: Tag?) -> Bool {
        guard case .inside(let type) = self else { return true }
        return previous?.type == type
    }

    /// Whether this tag starts an entity after `previous`, as conlleval sees it: an illegal inside tag does too.
    func startsEntity(after previous: Tag?) -> Bool {
        switch self {
        case .outside: false
        case .begin: true
        case .inside: !isLegal(after: previous)
        }
    }
}

extension Collection<Tag> {
    /// The entities that the tags spell, by conlleval's rule: an illegal inside tag starts an entity.
    package func entities() -> [Entity] {
        var entities: [Entity] = []
        var open: Entity?
        var previous: Tag?
        for (position, tag) in enumerated() {
            if tag.startsEntity(after: previous) || tag == .outside {
                if let closed = open { entities.append(closed) }
                open = tag.type.map { Entity(start: position, end: position + 1, type: $0) }
            } else {
                open?.end = position + 1
            }
            previous = tag
        }
        if let closed = open { entities.append(closed) }
        return entities
    }

    /// The positions of inside tags that continue nothing of their type.
    package func illegalPositions() -> [Int] {
        var positions: [Int] = []
        var previous: Tag?
        for (position, tag) in enumerated() {
            if !tag.isLegal(after: previous) { positions.append(position) }
            previous = tag
        }
        return positions
    }
}
