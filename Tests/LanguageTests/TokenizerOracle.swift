import Foundation
import Language
import TestSupport

/// What `transformers` says about tokens; `Fixtures/make_tokenizer_fixtures.py` asked it.
enum TokenizerOracle {
    /// A random string, its ids under two vocabularies and the digest of its pieces where every scalar is one.
    struct Case: Decodable {
        let text: String
        let uncased: [Int]
        let cased: [Int]
        let scalars: String
    }

    struct Cases: Decodable { let cases: [Case] }

    /// A digest of every 256 scalars, for each set of options.
    struct Blocks: Decodable { let blocks: [String: [String]] }

    /// What a data set's posts are made of.
    struct DataSet: Decodable, Equatable {
        let words: Int
        let pieces: Int
        let wordsDigest: String
        let textDigest: String
    }

    struct DataSets: Decodable { let sets: [String: DataSet] }

    static func fixture<Value: Decodable>(_ name: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: url(name)))
    }

    static func url(_ name: String) throws -> URL {
        guard let folder = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
        return folder.appending(path: "Fixtures/\(name)")
    }

    /// A tokenizer in whose vocabulary every scalar below U+20000 begins a word and continues one.
    static func scalarTokenizer(_ options: NormalizerOptions) throws -> WordPieceTokenizer {
        let scalars = (0..<0x20000).compactMap { Unicode.Scalar($0) }.flatMap { ["\($0)", "##\($0)"] }
        return try WordPieceTokenizer(
            vocabulary: WordPieceVocabulary(tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + scalars),
            options: options)
    }
}

/// FNV-1a over the id, word and range of pieces, as in the fixtures.
struct PieceDigest {
    private var hash = FNV1a()

    mutating func update(_ pieces: [Piece]) {
        for piece in pieces {
            for number in [piece.id, piece.word, piece.range.lowerBound, piece.range.upperBound] {
                hash.update(Int32(truncatingIfNeeded: number))
            }
        }
    }

    var hexadecimal: String {
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
