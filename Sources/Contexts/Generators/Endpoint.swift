import Foundation

/// The address of a server that speaks the OpenAI protocol.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// The address as it was given, for the record.
    package let description: String
    /// The address that completes chats.
    let completions: String

    /// Reads an address: `http://127.0.0.1:8080`, `https://host/v1`, or one that ends with `/chat/completions`.
    /// - Throws: ``EndpointError``, also for an address with a password or a query, in which a key would be on record.
    package init(_ address: String) throws(EndpointError) {
        guard let url = URLComponents(string: address), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = url.host, !host.isEmpty
        else { throw .noAddress(address) }
        guard url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else { throw .hasSecrets }
        var path = url.path
        while path.hasSuffix("/") { path.removeLast() }
        var base = url
        base.path = path
        description = base.string ?? address
        if !path.hasSuffix("/chat/completions") { path = (path.isEmpty ? "/v1" : path) + "/chat/completions" }
        base.path = path
        guard let completions = base.string else { throw .noAddress(address) }
        self.completions = completions
    }
}

/// An address that is not used.
package enum EndpointError: Error, Equatable, CustomStringConvertible {
    case noAddress(String)
    case hasSecrets

    package var description: String {
        switch self {
        case .noAddress(let address):
            "the endpoint is \(address.debugDescription); write it as http://127.0.0.1:8080/v1"
        case .hasSecrets:
            "the endpoint has a user, password, query or fragment; keys come from an environment variable"
        }
    }
}

/// A secret that a server asks for: it is sent, and never shown, logged or stored.
package struct APIKey: Sendable, CustomStringConvertible, CustomReflectable {
    let secret: String

    /// Takes a key out of an environment variable; nil where the variable is not set or blank.
    /// - Throws: ``APIKeyError`` for a key that does not fit into a header.
    package init?(variable: String, environment: [String: String]) throws(APIKeyError) {
        let value = (environment[variable] ?? "").trimmed
        guard !value.isEmpty else { return nil }
        guard value.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else { throw APIKeyError(variable: variable) }
        secret = value
    }

    package var description: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A key that cannot be sent.
package struct APIKeyError: Error, Equatable, CustomStringConvertible {
    let variable: String

    package var description: String {
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
