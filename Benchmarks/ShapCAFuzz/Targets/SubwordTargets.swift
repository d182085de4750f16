import Foundation
import Language

extension FuzzTarget {
    /// The readers of tokenizers of other kinds than BERT's.
    static let subwordTargets = [tokenizerDocument, tokenizerFiles]

    /// An encoder that knows more tokens than any vocabulary here has.
    private static let knowingEncoder = Result {
        let json =
            #"{"vocab_size": 100000, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}"#
        return try JSONDecoder().decode(TextEncoderConfiguration.self, from: Data(json.utf8))
    }

    private static let sample = Array("Anna flew to PARIS! <mask> café 北京 a\u{301}b\u{0} 10,000 n't\n".utf8)

    private static let special = """
        {"id": 0, "content": "<s>", "special": true, "normalized": false},
        {"id": 1, "content": "<pad>", "special": true, "normalized": false},
        {"id": 2, "content": "</s>", "special": true, "normalized": false},
        {"id": 3, "content": "<unk>", "special": true, "normalized": false},
        {"id": 4, "content": "<mask>", "special": true, "lstrip": true, "rstrip": false, "single_word": false, "normalized": true}
        """

    private static let template = """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "</s>", "type_id": 0}}],
         "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                  {"SpecialToken": {"id": "</s>", "type_id": 1}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                            "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}
        """

    private static let pieces = [
        "<s>", "<pad>", "</s>", "<unk>", "<mask>", "a", "n", "ƒ", "ĠP", "▁", "▁a", "an", "##n", "é",
    ]

    private static func document(normalizer: String, preTokenizer: String, model: String) -> [UInt8] {
        let vocabulary = pieces.enumerated().map { "\"\($0.element)\": \($0.offset)" }.joined(separator: ", ")
        let scores = pieces.enumerated().map { "[\"\($0.element)\", -\($0.offset).5]" }.joined(separator: ", ")
        let model = model.replacing("VOCAB", with: "{\(vocabulary)}").replacing("SCORES", with: "[\(scores)]")
        return Array(
            """
            {"version": "1.0", "truncation": null, "padding": {"pad_id": 1}, "added_tokens": [\(special)],
             "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer), "post_processor": \(template), "decoder": null,
             "model": \(model)}
            """.utf8)
    }

    private static let documents = [
        document(
            normalizer:
                #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}, {"type": "StripAccents"}]}"#,
            preTokenizer: #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#,
            model: """
                {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                 "fuse_unk": false, "byte_fallback": false, "ignore_merges": true, "vocab": VOCAB, "merges": ["a n", ["a", "n"]]}
                """),
        document(
            normalizer: #"{"type": "Replace", "pattern": {"String": " "}, "content": "▁"}"#,
            preTokenizer: #"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}"#,
            model: #"{"type": "Unigram", "unk_id": 3, "vocab": SCORES, "byte_fallback": false}"#),
        document(
            normalizer: #"{"type": "NFKC"}"#,
            preTokenizer: """
                {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"},
                 {"type": "Digits", "individual_digits": true}, {"type": "Split", "pattern": {"String": "n"}, "behavior":
                 "MergedWithPrevious", "invert": false}]}
                """,
            model: """
                {"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                 "vocab": VOCAB}
                """),
    ]

    /// Loads the tokenizer of a folder and cuts a text with it.
    private static func cut(_ text: [UInt8], in folder: Scratch) throws {
        let tokenizer = try loadTokenizer(folder: folder.url, for: knowingEncoder.get())
        let text = String(decoding: text, as: UTF8.self)
        let count = text.unicodeScalars.count
        let pieces = tokenizer.encode(text)
        for piece in pieces where piece.range.upperBound > count || !(0..<tokenizer.vocabularyCount).contains(piece.id)
        {
            throw Fault("a piece is outside its text or its vocabulary")
        }
        guard tokenizer.encode(text, atMost: 3).count <= 3 else { throw Fault("more pieces than were asked for") }
        let words = text.split(separator: " ").map(String.init)
        for piece in tokenizer.encode(words: words) where !words.indices.contains(piece.word) {
            throw Fault("a piece of word \(piece.word) of \(words.count)")
        }
        let (ids, pair) = (pieces.map(\.id), [3, 4])
        for second in [nil, pair] {
            let sequence = tokenizer.frame(ids, second)
            guard sequence.ids.count == ids.count + (second?.count ?? 0) + tokenizer.frameLength(pair: second != nil),
                Array(sequence.ids[sequence.text]) == ids, Array(sequence.ids[sequence.pair]) == second ?? []
            else { throw Fault("a frame that does not hold its text") }
        }
        _ = try tokenizer.reservedIDs(count: 2)
    }

    private static let words = [
        "\"type\"", "\"BPE\"", "\"Unigram\"", "\"WordPiece\"", "\"ByteLevel\"", "\"Metaspace\"", "\"NFD\"", "\"NFKD\"",
        "\"Strip\"",
        "\"Prepend\"", "\"Precompiled\"", "\"Regex\"", "\"merges\"", "\"unk_id\"", "\"byte_fallback\"",
        "\"ignore_merges\"",
        "\"end_of_word_suffix\"", "\"RobertaProcessing\"", "\"BertProcessing\"", "\"lstrip\"", "\"single_word\"",
        "\"MergedWithNext\"", "\"Contiguous\"", "\"first\"", "Ġ", "▁", "##", "<0x0A>", "\u{301}", "ﬁ", "각",
    ]

    private static let tokenizerDocument = FuzzTarget(
        name: "tokenizer-json", about: "tokenizer.json of byte-level BPE, Unigram and WordPiece, with a text",
        seeds: { documents.map { FileBundle([("tokenizer.json", $0), ("text", sample)]).bytes } },
        dictionary: jsonWords + words,
        attempt: { input, folder in
            let bundle = FileBundle(input)
            try folder.write(bundle, names: ["tokenizer.json", "text"])
            try cut(bundle["text"] ?? [], in: folder)
        })

    private static let fileNames = [
        "vocab.json", "merges.txt", "vocab.txt", "bpe.codes", "spm.model", "sentencepiece.bpe.model",
        "tokenizer_config.json",
        "text",
    ]

    /// A SentencePiece model of unigrams.
    private static let sentencePiece: [UInt8] = {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        func piece(_ text: String, kind: UInt8, score: Float) -> [UInt8] {
            let bits = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
            return field(1, field(1, Array(text.utf8)) + [2 << 3 | 5] + bits + [3 << 3, kind])
        }
        let specials = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("[CLS]", 3), ("[SEP]", 3), ("[PAD]", 3), ("[MASK]", 3)]
        let kinds = specials.map { ($0.0, UInt8($0.1)) } + ["▁", "▁a", "n", "an", "é"].map { ($0, 1) }
        return kinds.enumerated().flatMap { piece($0.element.0, kind: $0.element.1, score: -Float($0.offset)) }
            + field(2, [3 << 3, 1]) + field(3, field(1, Array("identity".utf8)))
    }()

    private static let tokenizerFiles = FuzzTarget(
        name: "tokenizer-files", about: "vocabularies of RoBERTa, BERTweet, XLM-R and DeBERTa, with a text",
        seeds: {
            let vocabulary = pieces.enumerated().map { "\"\($0.element)\": \($0.offset)" }.joined(separator: ", ")
            return [
                FileBundle([
                    ("vocab.json", Array("{\(vocabulary)}".utf8)), ("merges.txt", Array("#version: 0.2\na n\n".utf8)),
                    ("text", sample),
                ]),
                FileBundle([
                    ("vocab.txt", Array("a@@ 20\nn 3\nan@@ 2\nan 1\n".utf8)),
                    ("bpe.codes", Array("a n 5\na n</w> 3\n".utf8)),
                    ("tokenizer_config.json", Array(#"{"normalization": false}"#.utf8)), ("text", sample),
                ]),
                FileBundle([("spm.model", sentencePiece), ("text", sample)]),
                FileBundle([("sentencepiece.bpe.model", sentencePiece), ("text", sample)]),
            ].map(\.bytes)
        },
        dictionary: jsonWords + words + [
            "@@", "</w>", "\"normalization\"", "\"add_prefix_space\"", "\"tokenizer_class\"",
        ],
        attempt: { input, folder in
            let bundle = FileBundle(input)
            try folder.write(bundle, names: fileNames)
            try cut(bundle["text"] ?? [], in: folder)
        })
}
