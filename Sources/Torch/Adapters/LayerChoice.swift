import Support

/// A choice among the linear layers of a network by their published names, as PEFT makes it.
public struct LayerChoice: Sendable, Equatable {
    /// Names of layers.
    public enum Names: Sendable, Equatable {
        /// `all-linear`
        case all
        /// Whole names, or what names end in from a dot on: `query` is also `encoder.layer.0.attention.self.query`.
        case endings([String])
        /// A regular expression, which is not evaluated here: the weights beside it tell the layers that it has chosen.
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

    /// Whether the names alone do not tell the layers.
    var hasExpression: Bool {
        [targets, excluded].contains { if case .expression = $0 { true } else { false } }
    }

    /// Whether a layer is chosen, or may be where there is an expression.
    public func contains(_ name: String) -> Bool {
        if case .endings(let excluded) = excluded, excluded.contains(where: name.isEnded(by:)) { return false }
        if case .endings(let endings) = targets {
            if endings.contains(name) { return true }
            guard endings.contains(where: name.isEnded(by:)) else { return false }
        }
        guard let numbers else { return true }
        return name.split(separator: ".").lazy.compactMap { Int($0) }.first.map(numbers.contains) ?? false
    }
}

extension String {
    /// Whether a layer's name is another one, or ends in it from a dot on.
    func isEnded(by ending: String) -> Bool { self == ending || hasSuffix(".\(ending)") }
}

// How `adapter_config.json` spells them.
extension LayerChoice.Names: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let endings = try? value.decode([String].self) {
            self = .endings(endings)
        } else {
            let text = try value.decode(String.self)
            self = text == "all-linear" ? .all : .expression(text)
        }
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
