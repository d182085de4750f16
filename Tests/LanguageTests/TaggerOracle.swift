import Foundation

/// What spaCy says about words and sentences; `Fixtures/make_tagger.py` asked it.
struct TaggerOracle: Decodable {
    struct Sentence: Decodable {
        var words: [String]
        var tags: [String]
    }

    /// One sentence: all the others' words, again and again.
    struct LongSentence: Decodable {
        var repeats: Int
        var digest: String
    }

    struct Attributes: Decodable {
        var word: String
        var values: [String]
    }

    struct Hash: Decodable {
        var key: String
        var seed: UInt32
        var rows: [UInt32]
    }

    struct Split: Decodable {
        var posts: Int
        var words: Int
        var counts: [String: Int]
        var digest: String
    }

    var tags: [String]
    var sentences: [Sentence]
    var long: LongSentence
    var attributes: [Attributes]
    var hashes: [Hash]
    var unicode: [String: String]
    var twitter2017: [String: Split]

    static func load() throws -> TaggerOracle {
        guard let url = Bundle.module.url(forResource: "Fixtures/tagger", withExtension: "json") else {
            throw CocoaError(.fileNoSuchFile)
        }
        return try JSONDecoder().decode(TaggerOracle.self, from: Data(contentsOf: url))
    }
}
