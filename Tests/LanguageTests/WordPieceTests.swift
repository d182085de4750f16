import Foundation
import Language
import TestSupport
import Testing

@Suite struct WordPieceTests {
    private let tokenizer: WordPieceTokenizer
    private static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

    init() throws {
        tokenizer = try WordPieceTokenizer(folder: ModelCache.miniLM)
    }

    private func tokens(_ pieces: [Piece]) -> [String] { pieces.map { tokenizer.vocabulary.tokens[$0.id] } }

    @Test func piecesKnowTheirWordAndTheirScalars() {
        let pieces = tokenizer.encode(words: ["Zimmermann", "", "\u{FE0F}", "don't"])
        #expect(tokens(pieces) == ["zimmerman", "##n", "don", "'", "t"])
        #expect(pieces.map(\.word) == [0, 0, 3, 3, 3])
        #expect(pieces.map(\.range) == [0..<9, 9..<10, 0..<3, 3..<4, 4..<5])
    }

    @Test func rangesSkipWhatCleaningRemoves() {
        let pieces = tokenizer.encode(" \u{200E}ab\u{301}\u{200E} [SEP] 中x")
        #expect(tokens(pieces) == ["ab", "[SEP]", "中", "x"])
        #expect(pieces.map(\.range) == [2..<4, 7..<12, 13..<14, 14..<15])
        #expect(pieces.map(\.word) == [0, 1, 2, 3])
    }

    @Test func theFirstPiecesAreThoseOfTheWholeText() {
        let text = " \u{200E}Zimmermann's cre\u{300}me [SEP] 中x don't\u{301} \(String(repeating: "q", count: 101)) end"
        let pieces = tokenizer.encode(text)
        for limit in 0...(pieces.count + 1) {
            #expect(Array(tokenizer.encode(text, atMost: limit)) == Array(pieces.prefix(limit)))
        }
    }

    @Test func accentsCombineInAnyOrder() {
        let composed = tokenizer.encode("crème brûlée").map(\.id)
        #expect(tokenizer.encode("cre\u{300}me bru\u{302}le\u{301}e").map(\.id) == composed)
        #expect(tokenizer.encode("creme brulee").map(\.id) == composed)
    }

    @Test func specialTokensAreThoseOfTheVocabulary() {
        let special = tokenizer.specialTokens
        #expect(
            [special.padding, special.unknown, special.classification, special.separator] == [0, 100, 101, 102] as [Int]
        )
        #expect(special.mask == 103)
        #expect(tokenizer.vocabulary.count == 30522)
        #expect(tokenizer.vocabulary.id(of: "##ing") == 2075)
        #expect(tokenizer.vocabulary.id(of: "no such piece") == nil)
    }

    @Test func aVocabularyWithCapitalsIsCasedWhereNoFileSays() throws {
        try withFolder(["vocab.txt": Self.special + ["Paris", "paris"]]) { folder in
            let tokenizer = try WordPieceTokenizer(folder: folder)
            #expect(tokenizer.options == .cased)
            #expect(tokenizer.encode("Paris paris").map(\.id) == [5, 6])
        }
        try withFolder(["vocab.txt": Self.special + ["paris"]]) { folder in
            let options = try WordPieceTokenizer(folder: folder).options
            #expect(options == .uncased)
        }
    }

    @Test func optionsComeFromTheFolder() throws {
        let vocabulary = Self.special + ["Paris", "paris"]
        try withFolder(["vocab.txt": vocabulary, "tokenizer_config.json": [#"{"do_lower_case": true}"#]]) { folder in
            let options = try WordPieceTokenizer(folder: folder).options
            #expect(options == .uncased)
        }
        let normalizer = #"{"normalizer": {"lowercase": true, "strip_accents": false, "handle_chinese_chars": false}}"#
        try withFolder(["vocab.txt": vocabulary, "tokenizer.json": [normalizer]]) { folder in
            let expected = NormalizerOptions(lowercases: true, stripsAccents: false, isolatesIdeographs: false)
            let options = try WordPieceTokenizer(folder: folder).options
            #expect(options == expected)
        }
        try withFolder(["vocab.txt": vocabulary, "tokenizer_config.json": ["{"]]) { folder in
            #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: folder) }
        }
    }

    @Test(arguments: [
        (
            "tokenizer.json", #"{"normalizer": {"type": "NFC"}}"#,
            #"field normalizer.type: is "NFC"; it must be BertNormalizer"#
        ),
        (
            "tokenizer.json", #"{"pre_tokenizer": {"type": "Metaspace"}}"#,
            #"field pre_tokenizer.type: is "Metaspace"; it must be BertPreTokenizer"#
        ),
        ("tokenizer.json", #"{"model": {"type": "BPE"}}"#, #"field model.type: is "BPE"; it must be WordPiece"#),
        (
            "tokenizer.json", #"{"added_tokens": [{"id": 0, "content": "[PAD]"}, {"id": 6, "content": "[NEW]"}]}"#,
            "field added_tokens[1].id: is 6, but vocab.txt has no [NEW] there"
        ),
        (
            "tokenizer.json", #"{"added_tokens": [{"id": -1, "content": "[PAD]"}]}"#,
            "field added_tokens[0].id: is -1; it must be a whole number from 0 to"
        ),
        (
            "tokenizer.json", #"{"added_tokens": [{"id": 1e40, "content": "[PAD]"}]}"#,
            "field added_tokens[0].id: must be a whole number from 0 to"
        ),
        ("tokenizer_config.json", #"{"do_lower_case": 3}"#, "field do_lower_case: expected true or false"),
        ("tokenizer_config.json", "[]", "not an object"),
        ("tokenizer_config.json", #"{"unk_token": ""}"#, "field unk_token: is empty"),
        ("tokenizer_config.json", #"{"mask_token": {"content": ""}}"#, "field mask_token: is empty"),
    ])
    func aTokenizerOfAnotherKindIsNamed(file: String, json: String, words: String) throws {
        let vocabulary = Self.special + ["a"]
        try withFolder(["vocab.txt": vocabulary, file: [json]]) { folder in
            let error = #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: folder) }
            let message = error?.description ?? ""
            #expect(message.contains("/\(file): \(words)"), "\(message)")
            #expect(message.foreignWords.isEmpty, "\(message)")
        }
    }

    @Test func brokenVocabulariesAreRefused() throws {
        try withFolder([:]) { folder in
            #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: folder) }
        }
        try withFolder(["vocab.txt": ["[PAD]", "[CLS]", "[SEP]", "a"]]) { folder in
            let path = folder.appending(path: "vocab.txt").path
            #expect(throws: TokenizerError.missingToken("[UNK]", path: path)) {
                try WordPieceTokenizer(folder: folder)
            }
        }
        try withFolder([:]) { folder in
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<20 {
                let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) }
                try Data(bytes).write(to: folder.appending(path: "vocab.txt"))
                #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: folder) }
            }
        }
    }

    @Test func framesAreThoseOfBert() {
        let alone = tokenizer.frame([7, 8, 9])
        #expect(alone == TokenSequence(ids: [101, 7, 8, 9, 102], text: 1..<4, pair: 5..<5, secondSegment: 5))
        let pair = tokenizer.frame([7, 8], [9])
        #expect(pair == TokenSequence(ids: [101, 7, 8, 102, 9, 102], text: 1..<3, pair: 4..<5, secondSegment: 4))
        #expect(tokenizer.frame([]).ids == [101, 102] && tokenizer.frame([]).text.isEmpty)
        #expect(alone.ids.count == 3 + tokenizer.frameLength(pair: false))
        #expect(pair.ids.count == 3 + tokenizer.frameLength(pair: true))
        #expect(tokenizer.paddingID == 0)
    }

    @Test func reservedTokensAreTheUnusedOnes() throws {
        let ids = try tokenizer.reservedIDs(count: 4)
        #expect(ids.map { tokenizer.vocabulary.tokens[$0] } == ["[unused1]", "[unused2]", "[unused3]", "[unused4]"])
        let none = try tokenizer.reservedIDs(count: 0)
        #expect(none == [])
        let small = try WordPieceTokenizer(
            vocabulary: WordPieceVocabulary(tokens: Self.special + ["[unused1]"]), options: .cased)
        #expect(throws: TokenizerError.missingToken("[unused2]", path: "the vocabulary")) {
            try small.reservedIDs(count: 2)
        }
    }

    @Test func aVocabularyMustFitItsEncoder() throws {
        let folder = ModelCache.miniLM
        var encoder: BertConfiguration = try JSONDecoder().decode(
            BertConfiguration.self, from: Data(contentsOf: folder.appending(path: "config.json")))
        #expect(try loadTokenizer(folder: folder, for: .bert(encoder)).vocabularyCount == 30522)
        encoder.vocabularySize = 30520
        let error = #expect(throws: TokenizerError.self) { try loadTokenizer(folder: folder, for: .bert(encoder)) }
        let path = folder.appending(path: "vocab.txt").path
        #expect(error?.description == "\(path): it has 2 words too many: the encoder knows 30520")
    }

    @Test func longInputIsLinearWork() {
        #expect(tokenizer.encode("") == [])
        #expect(tokenizer.encode(words: []) == [])
        let word = String(repeating: "a", count: 10_000_000)
        #expect(tokenizer.encode(word) == [Piece(id: 100, word: 0, range: 0..<10_000_000)])
        let stripped = "e" + String(repeating: "\u{345}\u{301}", count: 200_000)
        #expect(tokens(tokenizer.encode(stripped)) == ["e"])
        let kept = "e" + String(repeating: "\u{302E}\u{1D165}", count: 200_000)
        #expect(tokens(tokenizer.encode(kept)) == ["[UNK]"])
        let post = Array(repeating: "Rocky", count: 10_000)
        let pieces = tokenizer.encode(words: post)
        #expect(pieces.map(\.word) == Array(0..<10_000))
    }

    /// Runs the body with a folder of files given by their lines.
    private func withFolder(_ files: [String: [String]], _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, lines) in files {
            try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: name))
        }
        try body(folder)
    }
}
