import Foundation
import Language
import Support
import TestSupport
import Testing

@Suite struct SubwordOracleTests {
    /// All 100,000 strings where `SHAPCA_ORACLE` is `full`; else the first 2,000.
    private static let blockCount = ProcessInfo.processInfo.environment["SHAPCA_ORACLE"] == "full" ? 100 : 2

    @Test(arguments: SubwordOracle.families)
    func randomStringsHaveTheIdsAndPlacesOfTokenizers(family: String) throws {
        let tokenizer = try SubwordOracle.tokenizer(family)
        let strings: SubwordOracle.Strings = try TokenizerOracle.fixture("subword/strings.json")
        let expected = try #require(try SubwordOracle.family(family)?.blocks)
        #expect(expected.count == 100)
        var generator = SplitMix64(state: 20_261_130)
        for (block, digest) in expected.prefix(Self.blockCount).enumerated() {
            var found = PieceDigest()
            for _ in 0..<1000 { found.update(tokenizer, strings.next(&generator)) }
            #expect(found.hexadecimal == digest, "strings from \(block * 1000) on")
        }
    }

    @Test func everyPartTreatsEveryScalarAsTokenizersDoes() throws {
        let parts: SubwordOracle.Parts = try TokenizerOracle.fixture("subword/parts.json")
        #expect(parts.cases.count >= 40)
        let blocks = stride(from: UInt32(0), to: 0x20000, by: 256).filter { !(0xD800..<0xE000).contains($0) }
            .map { start in
                (start..<start + 256).compactMap(Unicode.Scalar.init).map { "a\($0)b" }.joined(separator: " ")
            }
        for part in parts.cases {
            let folder = try TemporaryFolder()
            let document = parts.base
                .replacing("\"normalizer\": null", with: "\"normalizer\": \(part.normalizer)")
                .replacing("\"pre_tokenizer\": null", with: "\"pre_tokenizer\": \(part.preTokenizer)")
            try folder.write(document, to: "tokenizer.json")
            let tokenizer = try loadTokenizer(folder: folder.url, for: SubwordOracle.encoder())
            var digest = PieceDigest()
            for text in parts.texts + blocks { digest.update(tokenizer.encode(text)) }
            #expect(digest.hexadecimal == part.digest, "\(part.normalizer) \(part.preTokenizer)")
        }
    }

    @Test(
        .enabled(if: DataFolder.has("twitter2015"), "needs the data sets in SHAPCA_DATA"),
        arguments: SubwordOracle.families)
    func publishedDataHasTheIdsAndPlacesOfTokenizers(family: String) throws {
        let tokenizer = try SubwordOracle.tokenizer(family)
        let sets = try #require(try SubwordOracle.family(family)?.sets)
        #expect(sets.count == 6)
        for (name, expected) in sets.sorted(by: { $0.key < $1.key }) {
            var (digest, count) = (PieceDigest(), 0)
            for post in try PublishedData.posts(name) {
                let (text, words) = (tokenizer.encode(post.joined(separator: " ")), tokenizer.encode(words: post))
                digest.update(text)
                digest.update(words)
                count += text.count + words.count
            }
            #expect(count == expected.pieces, "\(name)")
            #expect(digest.hexadecimal == expected.digest, "\(name)")
        }
    }

    @Test(arguments: SubwordOracle.families)
    func framesAreThoseOfTokenizers(family: String) throws {
        let expected = try #require(try SubwordOracle.family(family)?.pair)
        let tokenizer = try SubwordOracle.tokenizer(family)
        let (text, pair) = (tokenizer.encode("Rocky barked").map(\.id), tokenizer.encode("in Paris").map(\.id))
        let frame = tokenizer.frame(text, pair)
        #expect(frame.ids == expected[0])
        #expect(frame.ids.indices.map { $0 < frame.secondSegment ? 0 : 1 } == expected[1])
        #expect(Array(frame.ids[frame.text]) == text && Array(frame.ids[frame.pair]) == pair)
        #expect(frame.ids.count == text.count + pair.count + tokenizer.frameLength(pair: true))
        let alone = tokenizer.frame(text)
        #expect(alone.ids.count == text.count + tokenizer.frameLength(pair: false) && alone.pair.isEmpty)
        let one = try loadTokenizer(folder: SubwordOracle.folder(family), for: SubwordOracle.encoder(segmentCount: 1))
        #expect(one.frame(text, pair).secondSegment == expected[0].count)
    }

    @Test func bertIsTheSameThroughItsDescription() throws {
        let described = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: ModelCache.miniLM.appending(path: "tokenizer.json"), to: described["tokenizer.json"])
        let pipeline = try loadTokenizer(folder: described.url, for: SubwordOracle.encoder())
        let bert = try loadTokenizer(folder: ModelCache.miniLM, for: SubwordOracle.encoder())
        #expect(bert is WordPieceTokenizer && pipeline is PipelineTokenizer)
        #expect(pipeline.specialTokens == bert.specialTokens && pipeline.vocabularyCount == bert.vocabularyCount)
        #expect(pipeline.frame([7, 8], [9]) == bert.frame([7, 8], [9]) && pipeline.frame([7]) == bert.frame([7]))
        let reserved = try (pipeline.reservedIDs(count: 4), bert.reservedIDs(count: 4))
        #expect(reserved.0 == reserved.1)
        let fixture: TokenizerOracle.Cases = try TokenizerOracle.fixture("tokenizer-fuzz.json")
        for example in fixture.cases {
            #expect(pipeline.encode(example.text) == bert.encode(example.text), "\(example.text.debugDescription)")
            let words = example.text.split(separator: " ").map(String.init)
            #expect(pipeline.encode(words: words) == bert.encode(words: words), "\(words)")
        }
    }
}
