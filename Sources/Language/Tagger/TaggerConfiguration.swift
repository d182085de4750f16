import Foundation
import Support

/// The contents of `tagger.json`: the shape of the network and the tags, in the order of its outputs.
struct TaggerConfiguration: Decodable {
    /// One table of hash embeddings.
    struct Embedding: Decodable {
        var attribute: LexicalAttributes.Attribute
        var rows: Int
        var seed: UInt32

        private enum CodingKeys: CodingKey { case attribute, rows, seed }

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            attribute = try keys.choice(.attribute)
            rows = try keys.whole(.rows, in: 1...1_000_000)
            seed = UInt32(try keys.whole(.seed, in: 0...Int(UInt32.max)))
        }
    }

    var width: Int
    var pieces: Int
    var depth: Int
    var embeddings: [Embedding]
    var tags: [String]
    var reservedStrings: [String: UInt64]

    private enum CodingKeys: CodingKey { case width, pieces, depth, embeddings, tags, reservedStrings }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        width = try keys.whole(.width, in: 1...10_000)
        pieces = try keys.whole(.pieces, in: 1...100)
        depth = try keys.whole(.depth, in: 1...100)
        embeddings = try keys.decode([Embedding].self, forKey: .embeddings)
        tags = try keys.decode([String].self, forKey: .tags)
        reservedStrings = try keys.value(.reservedStrings, rule: "a whole number from 0 to \(UInt64.max)")
        for (key, count) in [(CodingKeys.embeddings, embeddings.count), (.tags, tags.count)]
        where !(1...10_000).contains(count) {
            throw keys.corrupted(key, "has \(count) elements; it must have 1 to 10000")
        }
    }

    /// Reads and checks `tagger.json`. Throws `TaggerError`.
    init(contentsOf url: URL) throws {
        let data: Data
        do { data = try Data(contentsOf: url) } catch { throw TaggerError.unreadable(file: url.path) }
        do {
            self = try JSONDecoder().decode(Self.self, from: data, rule: "it is an object of sizes and tags")
        } catch {
            throw TaggerError.malformed(file: url.path, reason: error.description)
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
