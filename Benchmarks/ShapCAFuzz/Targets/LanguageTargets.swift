import Foundation
import Language
import Torch

extension FuzzTarget {
    /// The readers of tokenizers, encoders and taggers, and the splitter of texts.
    static let languageTargets = [tokenizer, encoder, tagger, splitter]

    static let vocabulary = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "[unused2]", "[unused3]", "[unused4]", "anna",
        "flew",
        "to", "paris", "a", "b", "##a", "##b", "##nna", "!", "cafe", "北", "é",
    ]

    private static let tokenizerFiles = ["vocab.txt", "tokenizer_config.json", "tokenizer.json", "text"]

    private static let tokenizer = FuzzTarget(
        name: "tokenizer", about: "vocabularies and the JSON files of tokenizers, with a text",
        seeds: {
            let words = Array(vocabulary.joined(separator: "\n").utf8)
            let text = Array("Anna flew to PARIS! [SEP] café 北京 a\u{301}b\u{0} [MASK]".utf8)
            return [
                FileBundle([
                    ("vocab.txt", words),
                    (
                        "tokenizer_config.json",
                        Array(
                            #"{"do_lower_case": true, "strip_accents": null, "tokenize_chinese_chars": true, "unk_token": "[UNK]", "cls_token": {"content": "[CLS]", "lstrip": false}, "sep_token": "[SEP]", "pad_token": "[PAD]", "mask_token": "[MASK]"}"#
                                .utf8)
                    ),
                    ("text", text),
                ]),
                FileBundle([
                    ("vocab.txt", words),
                    (
                        "tokenizer.json",
                        Array(
                            #"{"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": false, "strip_accents": true, "lowercase": false}, "model": {"vocab": {"a": 0}}}"#
                                .utf8)
                    ),
                    ("text", text),
                ]),
                FileBundle([("vocab.txt", words), ("text", text)]),
            ].map(\.bytes)
        },
        dictionary: jsonWords + [
            "[SEP]", "[UNK]", "[CLS]", "[MASK]", "##", "\"do_lower_case\"", "\"unk_token\"", "\"content\"",
            "\"normalizer\"",
            "\"lowercase\"", "\"strip_accents\"", "\u{AD}", "ﬁ", "Å", "각",
        ],
        attempt: { input, folder in
            let bundle = FileBundle(input)
            try folder.write(bundle, names: tokenizerFiles)
            let tokenizer = try WordPieceTokenizer(folder: folder.url)
            let text = String(decoding: bundle["text"] ?? [], as: UTF8.self)
            let count = text.unicodeScalars.count
            let pieces = tokenizer.encode(text)
            for piece in pieces {
                guard piece.range.upperBound <= count, piece.id < tokenizer.vocabularyCount else {
                    throw Fault("a piece is outside its text or its vocabulary")
                }
            }
            _ = tokenizer.encode(text, atMost: 3)
            _ = tokenizer.encode(words: text.split(separator: " ").map(String.init))
            _ = try tokenizer.reservedIDs(count: 2)
        })

    static let bertConfiguration = """
        {"model_type": "bert", "vocab_size": \(vocabulary.count), "hidden_size": 8, "num_hidden_layers": 1,
         "num_attention_heads": 2, "intermediate_size": 8, "max_position_embeddings": 32, "type_vocab_size": 2,
         "layer_norm_eps": 1e-12, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
         "position_embedding_type": "absolute", "initializer_range": 0.02}
        """

    private static let encoder = FuzzTarget(
        name: "encoder", about: "config.json of text encoders",
        seeds: { [Array(bertConfiguration.utf8)] },
        dictionary: jsonWords + [
            "\"bert\"", "\"hidden_size\"", "\"vocab_size\"", "\"gelu_new\"", "\"relu\"", "\"model_type\"",
            "\"relative_key\"",
        ],
        attempt: { input, folder in
            try folder.write(input, to: "config.json")
            let configuration = try TextEncoderConfiguration(folder: folder.url)
            try folder.write([UInt8](JSONEncoder().encode(configuration)), to: "config.json")
            guard try TextEncoderConfiguration(folder: folder.url) == configuration else {
                throw Fault("a configuration is another after writing and reading")
            }
        })

    static let taggerFiles = ["tagger.json", "tagger.safetensors"]

    /// A tagger of a few hundred weights.
    static func taggerBundle() throws -> FileBundle {
        let (width, rows) = (4, 5)
        let configuration = """
            {"width": \(width), "pieces": 2, "depth": 1, "embeddings": [{"attribute": "NORM", "rows": \(rows), "seed": 8},
             {"attribute": "SHAPE", "rows": \(rows), "seed": 9}], "tags": ["NN", "NNP", "."], "reservedStrings": {"": 0, "IS": 7}}
            """
        func drawn(_ shape: [Int]) -> Tensor {
            let numbers: [Float] = (0..<shape.reduce(1, *)).map { Float($0 * 7 % 11) / 11 - 0.5 }
            return Tensor(numbers, shape: shape)
        }
        let tensors = [
            "embeddings.0.weight": drawn([rows, width]), "embeddings.1.weight": drawn([rows, width]),
            "mix.linear.weight": drawn([2 * width, 2 * width]), "mix.linear.bias": drawn([2 * width]),
            "mix.norm.weight": drawn([width]), "mix.norm.bias": drawn([width]),
            "encoder.0.linear.weight": drawn([2 * width, 3 * width]), "encoder.0.linear.bias": drawn([2 * width]),
            "encoder.0.norm.weight": drawn([width]), "encoder.0.norm.bias": drawn([width]),
            "output.weight": drawn([3, width]), "output.bias": drawn([3]),
            "norms": Tensor([11, 12, 13, 14], shape: [2, 2]),
        ]
        let folder = try Scratch()
        try saveSafetensors(tensors, to: folder["tagger.safetensors"])
        return FileBundle([
            ("tagger.json", Array(configuration.utf8)),
            ("tagger.safetensors", [UInt8](try Data(contentsOf: folder["tagger.safetensors"]))),
        ])
    }

    private static let tagger = FuzzTarget(
        name: "tagger", about: "folders of part-of-speech taggers",
        seeds: { [try taggerBundle().bytes] },
        dictionary: jsonWords + [
            "\"width\"", "\"depth\"", "\"rows\"", "\"pieces\"", "\"NORM\"", "\"SUFFIX\"", "\"embeddings\"", "\"norms\"",
            "\"F32\"",
        ], mostRuns: slowRuns,
        attempt: { input, folder in
            try folder.write(FileBundle(input), names: taggerFiles)
            let tagger = try PartOfSpeechTagger(folder: folder.url)
            for tag in try tagger([["Rocky", "", "barks", "."], [], ["é"]]).joined()
            where !tagger.tags.indices.contains(tag) {
                throw Fault("tag \(tag) of \(tagger.tags.count)")
            }
        })

    private static let splitter = FuzzTarget(
        name: "splitter", about: "texts of posts, cut into words",
        seeds: {
            [
                "RT @nasa: lift-off from Cape Canaveral! https://t.co/15beLF6Ajw #NBAAwards don't gonna O'Brien 10,000 7:00 U.S.",
                "👩‍👩‍👧‍👦 New York 🇩🇪🎉 love❤️it, José & Zoë <3 :-) xD &amp; 北京大学 \u{200F}2-1 שלום me@example.org 4th ...",
            ].map { Array($0.utf8) }
        },
        dictionary: [
            "@", "#", "http://", "n't", "'s", "&amp;", ":-)", "<3", "xD", "...", "U.S.", "1,000", "\u{FE0F}", "🏽", "🇩",
            "\u{E007F}",
        ],
        attempt: { input, _ in
            let text = String(decoding: input, as: UTF8.self)
            let scalars = Array(text.unicodeScalars)
            var end = 0
            for word in PostSplitter()(text) {
                guard word.start >= end, word.start < word.end, word.end <= scalars.count else {
                    throw Fault("words overlap or are outside their text")
                }
                guard scalars[word.start..<word.end].elementsEqual(word.text.unicodeScalars) else {
                    throw Fault("a word is not what its place says")
                }
                end = word.end
            }
        })
}
