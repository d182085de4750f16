import Foundation
import Language
import Support
import TestSupport

/// What the `tokenizers` library says about tokenizers that `Fixtures/make_subword_fixtures.py` trained.
enum SubwordOracle {
    /// The folders of tokenizers, as published models have them.
    static let families = ["roberta", "modernbert", "xlm-roberta", "deberta", "llama", "gemma", "mpnet"]

    /// The pieces of a data set, as texts and as words.
    struct DataSet: Decodable {
        let pieces: Int
        let digest: String
    }

    struct Family: Decodable {
        /// The ids and the segments of "Rocky barked" and "in Paris".
        let pair: [[Int]]
        /// A digest for every 1,000 random strings.
        let blocks: [String]
        let sets: [String: DataSet]
    }

    struct Digests: Decodable { let families: [String: Family] }

    /// A normalizer and a pre-tokenizer as JSON, and what they make of the texts and of every scalar.
    struct PartCase: Decodable {
        private enum CodingKeys: String, CodingKey {
            case normalizer, digest
            case preTokenizer = "pre_tokenizer"
        }

        let normalizer: String
        let preTokenizer: String
        let digest: String
    }

    struct Parts: Decodable {
        let base: String
        let texts: [String]
        let cases: [PartCase]
    }

    /// What random strings are made of.
    struct Strings: Decodable {
        let blocks: [[Int]]
        let fragments: [String]
        let words: [String]

        /// Words, fragments and scalars of two blocks, in any order.
        func next(_ generator: inout SplitMix64) -> String {
            let chosen = (0..<2).map { _ in blocks[generator.index(below: blocks.count)] }
            var string = String.UnicodeScalarView()
            for _ in 0..<(1 + generator.index(below: 10)) {
                switch generator.index(below: 10) {
                case 0..<3: string += words[generator.index(below: words.count)].unicodeScalars
                case 3..<5: string += fragments[generator.index(below: fragments.count)].unicodeScalars
                case 5: string.append(" ")
                default:
                    let block = chosen[generator.index(below: 2)]
                    let value = block[0] + generator.index(below: block[1] - block[0])
                    string.append(Unicode.Scalar(UInt32(value)) ?? "a")
                }
            }
            return String(string)
        }
    }

    static func folder(_ family: String) throws -> URL { try TokenizerOracle.url("subword/\(family)") }

    static func tokenizer(_ family: String) throws -> any Tokenizer {
        try loadTokenizer(folder: folder(family), for: encoder())
    }

    static func family(_ name: String) throws -> Family? {
        let digests: Digests = try TokenizerOracle.fixture("subword/digests.json")
        return digests.families[name]
    }

    /// The configuration of an encoder with room for every vocabulary.
    /// - Parameter segmentCount: the number of segments that it tells apart.
    static func encoder(segmentCount: Int = 2) throws -> TextEncoderConfiguration {
        let json = """
            {"vocab_size": 1000000, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
             "intermediate_size": 8, "type_vocab_size": \(segmentCount)}
            """
        return try JSONDecoder().decode(TextEncoderConfiguration.self, from: Data(json.utf8))
    }
}

extension PieceDigest {
    /// Feeds the pieces of a text and of its words between blanks.
    mutating func update(_ tokenizer: any Tokenizer, _ text: String) {
        update(tokenizer.encode(text))
        update(tokenizer.encode(words: text.unicodeScalars.split(separator: " ").map(String.init)))
    }
}
