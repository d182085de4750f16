import Foundation
import Language
import Support
import TestSupport
import Testing

@Suite struct TokenizerFolderTests {
    private func load(_ folder: TemporaryFolder) throws -> any Tokenizer {
        try loadTokenizer(folder: folder.url, for: SubwordOracle.encoder())
    }

    private func expectEqual(_ tokenizer: any Tokenizer, _ family: String) throws {
        let described = try SubwordOracle.tokenizer(family)
        #expect(tokenizer.specialTokens == described.specialTokens)
        #expect(tokenizer.frame([7, 8], [9]) == described.frame([7, 8], [9]))
        let strings: SubwordOracle.Strings = try TokenizerOracle.fixture("subword/strings.json")
        var generator = SplitMix64(state: 11)
        for _ in 0..<1000 {
            let text = strings.next(&generator)
            #expect(tokenizer.encode(text) == described.encode(text), "\(text.debugDescription)")
        }
    }

    @Test func aSentencePieceModelAloneIsAsItsDescription() throws {
        try expectEqual(SubwordOracle.tokenizer("xlm-roberta-model"), "xlm-roberta")
        try expectEqual(SubwordOracle.tokenizer("deberta-model"), "deberta")
    }

    @Test func aVocabularyAndMergesAreAsTheirDescription() throws {
        let folder = try TemporaryFolder()
        let document = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: TokenizerOracle.url("subword/roberta/tokenizer.json"))) as? [String: Any])
        let model = try #require(document["model"] as? [String: Any])
        let merges = try #require(model["merges"] as? [[String]])
        try folder.write(JSONSerialization.data(withJSONObject: #require(model["vocab"])), to: "vocab.json")
        let lines = ["#version: 0.2"] + merges.map { $0.joined(separator: " ") }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "merges.txt")
        try expectEqual(load(folder), "roberta")
        try folder.write(#"{"tokenizer_class": "BartTokenizer"}"#, to: "tokenizer_config.json")
        try expectError("field tokenizer_class: is \"BartTokenizer\"", folder)
        try folder.write("{}", to: "tokenizer_config.json")
        try folder.write("a b c\n", to: "merges.txt")
        try expectError("merges.txt: line 1: is no pair of pieces", folder)
    }

    @Test func wordsBehindOthersAreEncodedAsInTheText() throws {
        for family in ["roberta", "modernbert", "xlm-roberta", "deberta", "gemma"] {
            let tokenizer = try SubwordOracle.tokenizer(family)
            let words = ["Rocky", "barked", "playing", "Zürich", "東京", "👍🏽"]
            let pieces = tokenizer.encode(words: words)
            #expect(pieces.map(\.id) == tokenizer.encode(words.joined(separator: " ")).map(\.id), "\(family)")
            #expect(Set(pieces.map(\.word)) == Set(words.indices))
            for piece in pieces { #expect(piece.range.upperBound <= words[piece.word].unicodeScalars.count) }
        }
    }

    @Test func theFirstPiecesAreThoseOfTheWholeText() throws {
        for family in SubwordOracle.families {
            let tokenizer = try SubwordOracle.tokenizer(family)
            let text = "Rocky barked <mask> at Zürich’s 東京 don't [MASK] 👍🏽 \(String(repeating: "q", count: 101)) end"
            let pieces = tokenizer.encode(text)
            for limit in 0...(pieces.count + 1) {
                #expect(Array(tokenizer.encode(text, atMost: limit)) == Array(pieces.prefix(limit)))
            }
        }
    }

    @Test func reservedTokensAreUnusedOnesOrBehindTheVocabulary() throws {
        let modern = try SubwordOracle.tokenizer("modernbert")
        let unused = try modern.reservedIDs(count: 4)
        #expect(unused.allSatisfy { $0 < modern.vocabularyCount })
        let roberta = try SubwordOracle.tokenizer("roberta")
        let added = try roberta.reservedIDs(count: 4)
        #expect(added == Array(roberta.vocabularyCount..<roberta.vocabularyCount + 4))
        #expect(try roberta.reservedIDs(count: 0) == [])
    }

    @Test func aVocabularyMustFitItsEncoder() throws {
        let json = #"{"vocab_size": 9, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "#
        let encoder = try JSONDecoder().decode(
            TextEncoderConfiguration.self, from: Data((json + #""intermediate_size": 8}"#).utf8))
        let folder = try SubwordOracle.folder("roberta")
        #expect(throws: TokenizerError.self) { try loadTokenizer(folder: folder, for: encoder) }
    }

    @Test func longInputIsNotSquareWork() throws {
        for family in SubwordOracle.families {
            let tokenizer = try SubwordOracle.tokenizer(family)
            #expect(tokenizer.encode("") == [] && tokenizer.encode(words: []) == [])
            for part in ["a", " ", "é", "e\u{301}\u{323}", "東", "▁", "<mask> ", "\n"] {
                let text = String(repeating: part, count: 100_000)
                let count = text.unicodeScalars.count
                for piece in tokenizer.encode(text) { #expect(piece.range.upperBound <= count) }
            }
        }
    }

    /// Descriptions that differ from RoBERTa's in one part, and the words of the error.
    @Test(arguments: [
        (
            "\"type\":\"ByteLevel\"", "\"type\":\"ByteLevels\"",
            "type: is \"ByteLevels\", which is not supported; did you mean ByteLevel?"
        ),
        ("\"use_regex\"", "\"uses_regex\"", "did you mean use_regex?"),
        ("\"dropout\":null", "\"dropout\":0.1", "field model.dropout: is \"0.1\""),
        ("\"type\":\"BPE\"", "\"type\":\"WordLevel\"", "field model.type: is \"WordLevel\""),
        ("\"normalizer\":null", "\"normalizer\":{\"type\":\"Nmt\"}", "field normalizer.type: is \"Nmt\""),
        (
            "\"post_processor\":{", "\"postprocessor\":{",
            "field postprocessor: is no part that is supported; did you mean post_processor?"
        ),
        ("\"merges\":[[", "\"merges\":[[\"nowhere\",\"a\"],[", "field model.merges: entry 0: \"nowhere\" is no piece"),
        ("\"merges\":[[", "\"merges\":[[\"a\"],[", "field model.merges[0]: is no pair of pieces"),
        ("\"<s>\":0", "\"<s>\":-1", "\"<s>\" has the id -1"),
        ("\"id\":0", "\"id\":1e30", "added_tokens[0].id"),
        ("\"id\":0", "\"id\":5", "entry 0: \"<s>\" has the id 5 here and 0 in model.vocab"),
        ("\"vocab\":{", "\"vocab\":[{", "not valid JSON"),
    ])
    func whatIsNotSupportedIsNamed(old: String, new: String, words: String) throws {
        let json = try String(contentsOf: TokenizerOracle.url("subword/roberta/tokenizer.json"), encoding: .utf8)
        #expect(json.contains(old))
        let folder = try TemporaryFolder()
        try folder.write(json.replacing(old, with: new, maxReplacements: 1), to: "tokenizer.json")
        try expectError(words, folder)
    }

    @Test func aDescriptionWithoutTemplateIsRefused() throws {
        let json = try Data(contentsOf: TokenizerOracle.url("subword/roberta/tokenizer.json"))
        var document = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
        document["post_processor"] = nil
        let folder = try TemporaryFolder()
        try folder.write(JSONSerialization.data(withJSONObject: document), to: "tokenizer.json")
        try expectError("field post_processor: says no template", folder)
    }

    @Test func patternsThatAreNotSupportedAreNamed() throws {
        let json = try String(contentsOf: TokenizerOracle.url("subword/roberta/tokenizer.json"), encoding: .utf8)
        let folder = try TemporaryFolder()
        let split = #"{"type":"Replace","pattern":{"Regex":"[a-z]+"},"content":""}"#
        try folder.write(json.replacing("\"normalizer\":null", with: "\"normalizer\":\(split)"), to: "tokenizer.json")
        try expectError("field normalizer.pattern.Regex: is \"[a-z]+\", which is not supported. Supported: ", folder)
        let map = #"{"type":"Precompiled","precompiled_charsmap":"AAAA"}"#
        try folder.write(json.replacing("\"normalizer\":null", with: "\"normalizer\":\(map)"), to: "tokenizer.json")
        try expectError("field normalizer.precompiled_charsmap: is no character map", folder)
    }

    @Test func piecesThatAreCanonicallyEquivalentStayApart() throws {
        let parts: SubwordOracle.Parts = try TokenizerOracle.fixture("subword/parts.json")
        let pieces = #""vocab": {"\#u{212B}": 900001, "\u2126": 900002, "\#u{212A}": 900003,"#
        let folder = try TemporaryFolder()
        try folder.write(parts.base.replacing("\"vocab\": {", with: pieces), to: "tokenizer.json")
        let tokenizer = try load(folder)
        #expect(tokenizer.encode("\u{2126}\u{212A}").map(\.id) == [900_002, 900_003])
        #expect(tokenizer.encode("\u{C5}K").allSatisfy { $0.id < 900_000 })
    }

    @Test func aFolderWithoutATokenizerAndBrokenModelsAreRefused() throws {
        let folder = try TemporaryFolder()
        try expectError("holds no tokenizer; looked for tokenizer.json, vocab.txt", folder)
        var generator = SplitMix64(state: 3)
        let model = try Data(contentsOf: TokenizerOracle.url("subword/deberta-model/spm.model"))
        for _ in 0..<200 {
            var bytes = [UInt8](model)
            for _ in 0..<(1 + generator.index(below: 20)) {
                bytes[generator.index(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            try folder.write(Data(bytes.prefix(1 + generator.index(below: bytes.count))), to: "spm.model")
            do {
                _ = try load(folder).encode("Ｒocky ﬁnds e\u{301} <s> …")
            } catch is TokenizerError {}
        }
    }

    private func expectError(_ words: String, _ folder: TemporaryFolder, _ location: SourceLocation = #_sourceLocation)
        throws
    {
        let error = #expect(throws: TokenizerError.self, sourceLocation: location) { try load(folder) }
        let message = error?.description ?? ""
        #expect(message.contains(words), "\(message)", sourceLocation: location)
        #expect(message.foreignWords.isEmpty && message.utf8.count < 1000, "\(message)", sourceLocation: location)
    }
}
