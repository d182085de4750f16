import Foundation
import Language
import TestSupport
import Testing

@Suite struct WordPieceOracleTests {
    @Test func randomStringsHaveTheIdsOfTransformers() throws {
        let uncased = try WordPieceTokenizer(folder: ModelCache.miniLM)
        let cased = try WordPieceTokenizer(folder: TokenizerOracle.url("cased"))
        let scalars = try TokenizerOracle.scalarTokenizer(.uncased)
        let fixture: TokenizerOracle.Cases = try TokenizerOracle.fixture("tokenizer-fuzz.json")
        #expect(fixture.cases.count > 2500)
        for example in fixture.cases {
            #expect(uncased.encode(example.text).map(\.id) == example.uncased, "\(example.text.debugDescription)")
            #expect(cased.encode(example.text).map(\.id) == example.cased, "\(example.text.debugDescription)")
            var digest = PieceDigest()
            digest.update(scalars.encode(example.text))
            #expect(digest.hexadecimal == example.scalars, "\(example.text.debugDescription)")
        }
    }

    @Test(arguments: [
        ("uncased", NormalizerOptions.uncased), ("cased", .cased),
        ("stripped", NormalizerOptions(lowercases: false, stripsAccents: true)),
    ])
    func everyScalarIsTreatedAsTransformersDoes(name: String, options: NormalizerOptions) throws {
        let tokenizer = try TokenizerOracle.scalarTokenizer(options)
        let fixture: TokenizerOracle.Blocks = try TokenizerOracle.fixture("tokenizer-scalars.json")
        let blocks = try #require(fixture.blocks[name])
        #expect(blocks.count == 0x200)
        for (block, expected) in blocks.enumerated() {
            var digest = PieceDigest()
            for value in UInt32(block * 256)..<UInt32(block * 256 + 256) {
                guard let scalar = Unicode.Scalar(value) else { continue }
                digest.update(tokenizer.encode("a\(scalar)b"))
            }
            #expect(digest.hexadecimal == expected, "scalars from U+\(String(block * 256, radix: 16)) on")
        }
    }

    @Test(
        .enabled(if: DataFolder.has("twitter2015"), "needs the data sets in SHAPCA_DATA"),
        arguments: ["twitter2015", "twitter2017", "mnre"])
    func publishedDataHasTheIdsOfTransformers(name: String) throws {
        let tokenizer = try WordPieceTokenizer(folder: ModelCache.miniLM)
        let fixture: TokenizerOracle.DataSets = try TokenizerOracle.fixture("tokenizer-digests.json")
        let posts = try name == "mnre" ? PublishedData.mnre() : PublishedData.conll(name)
        var (words, text, pieces) = (PieceDigest(), PieceDigest(), 0)
        for post in posts {
            let encoded = tokenizer.encode(words: post)
            pieces += encoded.count
            words.update(encoded)
            text.update(tokenizer.encode(post.joined(separator: " ")))
        }
        #expect(posts.reduce(0) { $0 + $1.count } == fixture.sets[name]?.words)
        #expect(pieces == fixture.sets[name]?.pieces)
        #expect(words.hexadecimal == fixture.sets[name]?.wordsDigest)
        #expect(text.hexadecimal == fixture.sets[name]?.textDigest)
    }
}
