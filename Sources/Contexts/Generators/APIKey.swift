/// A secret that a server asks for: it is sent, and never shown, logged or stored.
public struct APIKey: Sendable, CustomStringConvertible, CustomReflectable {
    let secret: String

    /// Takes a key out of an environment variable; nil where the variable is not set or blank.
    /// - Throws: ``APIKeyError`` for a key that does not fit into a header.
    public init?(variable: String, environment: [String: String]) throws(APIKeyError) {
        let value = (environment[variable] ?? "").trimmed
        guard !value.isEmpty else { return nil }
        guard value.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else { throw APIKeyError(variable: variable) }
        secret = value
    }

    public var description: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A key that cannot be sent.
public struct APIKeyError: Error, Equatable, CustomStringConvertible {
    let variable: String

    public var description: String {
        "the key in \(variable) has characters that no key has; set it again without spaces and line ends"
    }
}

extension GenerationFailure {
    /// The failure without the key, should the server have repeated it.
    func redacted(_ key: APIKey?) -> GenerationFailure {
        guard let key else { return self }
        var failure = self
        failure.reason = reason.replacing(key.secret, with: key.description)
        return failure
    }
}
