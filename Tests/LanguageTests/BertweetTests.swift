import Foundation
import Language
import Support
import TestSupport
import Testing

/// BERTweet's files against `transformers`, see `Fixtures/make_bertweet_fixtures.py`.
@Suite struct BertweetTests {
    private struct Oracle: Decodable {
        struct Case: Decodable {
            let text: String
            let ids: [Int]
            let pair: [Int]
        }

        let count: Int
        let cases: [Case]
    }

    private static func folder() throws -> URL { try TokenizerOracle.url("bertweet") }

    private static func tokenizer(_ folder: URL) throws -> any Tokenizer {
        try loadTokenizer(folder: folder, for: SubwordOracle.encoder())
    }

    /// A copy of the folder with one file changed.
    private static func changed(_ name: String, _ change: (String) -> String) throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for file in ["vocab.txt", "bpe.codes", "tokenizer_config.json"] {
            let text = try String(contentsOf: folder().appending(path: file), encoding: .utf8)
            try copy.write(file == name ? change(text) : text, to: file)
        }
        return copy
    }

    @Test("Texts and pairs have the ids of transformers")
    func ids() throws {
        let oracle: Oracle = try TokenizerOracle.fixture("bertweet/ids.json")
        let tokenizer = try Self.tokenizer(Self.folder())
        #expect(tokenizer.vocabularyCount == oracle.count)
        let second = tokenizer.encode("in Paris").map(\.id)
        for example in oracle.cases {
            let ids = tokenizer.encode(example.text).map(\.id)
            #expect(ids == example.ids, "\(example.text.debugDescription)")
            #expect(tokenizer.frame(ids, second).ids == example.pair)
        }
    }

    @Test("Pieces tell their places")
    func places() throws {
        let text = "Rocky é\n<mask> barked"
        let pieces = try Self.tokenizer(Self.folder()).encode(text)
        let scalars = Array(text.unicodeScalars)
        func written(_ word: Int) -> String {
            var result = String.UnicodeScalarView()
            for piece in pieces where piece.word == word { result += scalars[piece.range] }
            return String(result)
        }
        #expect((0..<4).map(written) == ["Rocky", "é\n", "<mask>", "barked"])
    }

    @Test("What is not followed is refused by name")
    func refusals() throws {
        let cases: [(file: String, change: (String) -> String, message: String)] = [
            ("tokenizer_config.json", { $0.replacing("false", with: "true") }, "field normalization"),
            ("tokenizer_config.json", { $0.replacing("Bertweet", with: "Phobert") }, "PhobertTokenizer"),
            ("vocab.txt", { "lonely\n" + $0 }, "vocab.txt: line 1: "),
            ("vocab.txt", { $0 + "a@@ 3\n" }, "stands in the file twice"),
            ("bpe.codes", { $0 + "a b\n" }, "is no pair of parts"),
        ]
        for example in cases {
            let folder = try Self.changed(example.file, example.change)
            let error = #expect(throws: TokenizerError.self) { try Self.tokenizer(folder.url) }
            #expect(error?.description.contains(example.message) == true, "\(String(describing: error))")
        }
    }
}
