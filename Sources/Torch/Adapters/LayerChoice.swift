import Support

/// A choice among the linear layers of a network by their published names, as PEFT makes it.
public struct LayerChoice: Sendable, Equatable {
    /// Names of layers.
    public enum Names: Sendable, Equatable {
        /// `all-linear`
        case all
        /// Whole names, or what names end in from a dot on: `query` is also `encoder.layer.0.attention.self.query`.
        case endings([String])
        /// A regular expression of whole names.
        case expression(String)
    }

    /// The layers that are chosen.
    public var targets: Names
    /// Those of them that are not.
    public var excluded: Names?
    /// The numbers of the only layers that are chosen, unless they are named as a whole; nil for all numbers.
    public var numbers: [Int]?

    /// A choice of layers by their names.
    public init(_ targets: Names, excluded: Names? = nil, numbers: [Int]? = nil) {
        (self.targets, self.excluded, self.numbers) = (targets, excluded, numbers)
    }

    /// Whether a layer is chosen.
    public func contains(_ name: String) -> Bool {
        if let excluded, excluded.contains(name) { return false }
        guard targets.contains(name) else { return false }
        guard let numbers, !targets.isWhole(name) else { return true }
        return name.split(separator: ".").lazy.compactMap { Int($0) }.first.map(numbers.contains) ?? false
    }
}

extension LayerChoice.Names {
    fileprivate func contains(_ name: String) -> Bool {
        switch self {
        case .all: true
        case .endings(let endings): endings.contains { name == $0 || name.hasSuffix(".\($0)") }
        case .expression(let expression): name.matches(expression)
        }
    }

    /// Whether a name is listed as it is.
    fileprivate func isWhole(_ name: String) -> Bool {
        if case .endings(let endings) = self { endings.contains(name) } else { false }
    }
}

extension String {
    /// Whether a regular expression matches the whole string; false where it is none.
    func matches(_ expression: String) -> Bool {
        guard let regex = try? Regex(expression) else { return false }
        return (try? regex.wholeMatch(in: self)) != nil
    }

    /// Whether the string is a regular expression.
    var isExpression: Bool { (try? Regex(self)) != nil }
}

// How `adapter_config.json` spells them.
extension LayerChoice.Names: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let endings = try? value.decode([String].self) {
            self = .endings(endings)
            return
        }
        let text = try value.decode(String.self)
        guard text != "all-linear" else {
            self = .all
            return
        }
        guard text.isExpression else {
            throw DecodingError.corrupted(
                decoder.codingPath, "is \(text.quoted), no regular expression that is known here; list the names")
        }
        self = .expression(text)
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .all: try value.encode("all-linear")
        case .endings(let endings): try value.encode(endings)
        case .expression(let expression): try value.encode(expression)
        }
    }
}
