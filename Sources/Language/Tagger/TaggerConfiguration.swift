import Foundation

/// The contents of `tagger.json`: the shape of the network and the tags, in the order of its outputs.
struct TaggerConfiguration: Decodable {
    /// One table of hash embeddings.
    struct Embedding: Decodable {
        var attribute: LexicalAttributes.Attribute
        var rows: Int
        var seed: UInt32
    }

    var width: Int
    var pieces: Int
    var depth: Int
    var embeddings: [Embedding]
    var tags: [String]
    var reservedStrings: [String: UInt64]

    /// Reads and checks `tagger.json`. Throws `TaggerError`.
    init(contentsOf url: URL) throws {
        let data: Data
        do { data = try Data(contentsOf: url) } catch { throw TaggerError.unreadable(file: url.path) }
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
            throw TaggerError.malformed(file: url.path, reason: "\(error)")
        }
        let sizes = [width, pieces, depth, tags.count, embeddings.count] + embeddings.map(\.rows)
        guard sizes.allSatisfy((1...1_000_000).contains) else {
            throw TaggerError.malformed(file: url.path, reason: "a size is not between 1 and 1,000,000")
        }
    }
}

/// Why a part-of-speech tagger cannot be loaded.
public enum TaggerError: Error, Equatable, CustomStringConvertible {
    /// A file of the tagger does not exist or cannot be opened.
    case unreadable(file: String)
    /// A file of the tagger is not what the converter writes.
    case malformed(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file):
            "\(file) cannot be read: the part-of-speech tagger is not set up; run `make setup`."
        case .malformed(let file, let reason):
            "\(file) is not a part-of-speech tagger: \(reason). Delete it and run `make setup`."
        }
    }
}
