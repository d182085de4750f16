import Foundation
import Support

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
            "the endpoint is \(address.quoted); write it as http://127.0.0.1:8080/v1"
        case .hasSecrets:
            "the endpoint has a user, password, query or fragment; keys come from an environment variable"
        }
    }
}
