import Foundation
import Support

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

extension APIKey {
    /// A text without the key, also where it is written with the escapes of JSON or of an address.
    func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if let end = end(ofKeyAt: position, in: bytes) {
                kept += description.utf8
                position = end
            } else {
                kept.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// A server's answer without the key. A short one is left there: it is no secret, but perhaps a word.
    func redacted(answer: String) -> String { secret.utf8.count < Self.fewestCharacters ? answer : redacted(answer) }

    /// The fewest characters of a key that is looked for in answers.
    private static let fewestCharacters = 8

    /// The end of the key where a way of writing it begins at a position.
    private func end(ofKeyAt start: Int, in bytes: [UInt8]) -> Int? {
        var ends: Set = [start]
        for byte in secret.utf8 {
            ends = ends.reduce(into: []) { $0.formUnion(Self.ends(of: byte, at: $1, in: bytes)) }
            if ends.isEmpty { return nil }
        }
        return ends.max()
    }

    /// The ends of the ways of writing a character that begin at a position: `-`, `%2d`, `\u002d`, `\\u002d`.
    private static func ends(of byte: UInt8, at start: Int, in bytes: [UInt8]) -> [Int] {
        guard start < bytes.count else { return [] }
        func isHexadecimal(_ places: Range<Int>) -> Bool {
            places.upperBound <= bytes.count
                && UInt32(String(decoding: bytes[places], as: UTF8.self), radix: 16) == UInt32(byte)
        }
        var ends = bytes[start] == byte ? [start + 1] : []
        if bytes[start] == UInt8(ascii: "%"), isHexadecimal(start + 1..<start + 3) { ends.append(start + 3) }
        let behind = bytes[start...].firstIndex { $0 != .backslash } ?? bytes.count
        guard behind > start else { return ends }
        if byte == .backslash { ends += start + 2..<behind + 1 }
        guard behind < bytes.count else { return ends }
        if bytes[behind] == byte, byte == UInt8(ascii: "/") || byte == .quotationMark { ends.append(behind + 1) }
        if bytes[behind] == UInt8(ascii: "u"), isHexadecimal(behind + 1..<behind + 5) { ends.append(behind + 5) }
        return ends
    }
}

extension GenerationFailure {
    /// The failure without the key, should the server have repeated it.
    func redacted(_ key: APIKey?) -> GenerationFailure {
        guard let key else { return self }
        var failure = self
        failure.reason = key.redacted(reason)
        return failure
    }
}
