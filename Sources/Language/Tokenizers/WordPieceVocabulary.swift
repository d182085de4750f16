import Foundation
import Support

/// The wordpieces of a model, in the order of their ids.
package struct WordPieceVocabulary: Sendable {
    /// The pieces as written: those that continue a word begin with `##`.
    package let tokens: [String]
    /// The source of the pieces, for messages.
    let path: String
    let table: PieceTable

    /// A vocabulary of the given pieces; of equal ones the last counts.
    package init(tokens: [String]) {
        self.init(tokens: tokens, path: "the vocabulary")
    }

    /// Reads a `vocab.txt`: one piece a line.
    /// - Throws: `TokenizerError` where the file cannot be read or is not UTF-8.
    package init(contentsOf url: URL) throws(TokenizerError) {
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            throw .unreadable(path: url.path, reason: Support.reason(of: error))
        }
        guard data.count <= Self.maximumByteCount else {
            throw .invalidConfiguration(
                path: url.path, reason: "it has \(data.count) bytes; a vocabulary has at most \(Self.maximumByteCount)")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw .notUTF8(path: url.path) }
        self.init(tokens: Self.lines(of: text), path: url.path)
    }

    private static let maximumByteCount = 100_000_000

    /// The number of pieces.
    package var count: Int { tokens.count }

    /// The id of a piece as written, or nil where there is none.
    package func id(of token: String) -> Int? {
        let (scalars, position) = Self.key(of: token)
        return table.id(of: scalars.span, at: position)
    }

    /// The id of a piece that must be there.
    /// - Throws: `TokenizerError.missingToken`.
    package func requiredID(of token: String) throws(TokenizerError) -> Int {
        guard let id = id(of: token) else { throw .missingToken(token, path: path) }
        return id
    }

    private init(tokens: [String], path: String) {
        self.tokens = tokens
        self.path = path
        var table = PieceTable(capacity: tokens.count)
        for (id, token) in tokens.enumerated() {
            let (scalars, position) = Self.key(of: token)
            table.insert(scalars, at: position, id: id)
        }
        self.table = table
    }

    /// The scalars of a piece without the `##` that says where it may occur.
    private static func key(of token: String) -> ([UInt32], PieceTable.Position) {
        let continues = token.utf8.starts(with: "##".utf8)
        let scalars = token.unicodeScalars.dropFirst(continues ? 2 : 0).map(\.value)
        return (scalars, continues ? .continuing : .initial)
    }

    /// The lines of a text; they end with a line feed, which a carriage return may precede.
    private static func lines(of text: String) -> [String] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { String(Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0)) }
    }
}
