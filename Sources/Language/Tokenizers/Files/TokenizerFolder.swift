import Foundation
import Support

/// A folder with the files of a tokenizer, which say what kind it is.
struct TokenizerFolder {
    /// The files that tokenizers are read from, the ones that are preferred first.
    private static let vocabularies = [
        "tokenizer.json", "vocab.txt", "vocab.txt and bpe.codes", "vocab.json and merges.txt",
        "sentencepiece.bpe.model", "spm.model",
    ]

    let url: URL

    /// The tokenizer.
    /// - Parameter segmentCount: the number of segments that the encoder tells apart.
    func load(segmentCount: Int) throws(TokenizerError) -> any Tokenizer {
        if has("tokenizer.json") {
            if has("vocab.txt"), isBert { return try WordPieceTokenizer(folder: url) }
            return try described(segmentCount: segmentCount)
        }
        if has("vocab.txt"), !has("bpe.codes") { return try WordPieceTokenizer(folder: url) }
        let configuration = try configuration()
        func tokenizer(_ parts: TokenizerParts, _ files: String...) throws(TokenizerError) -> PipelineTokenizer {
            try PipelineTokenizer(
                parts, names: configuration.names, files: (files + Self.configurations).map { url.appending(path: $0) },
                segmentCount: segmentCount)
        }
        if has("vocab.txt") {
            let files = FastBPEFiles(
                vocabulary: url.appending(path: "vocab.txt"), codes: url.appending(path: "bpe.codes"))
            try requireClass(configuration, "Bertweet")
            guard configuration.normalizesTweets != true else {
                throw .invalidConfiguration(
                    path: url.appending(path: Self.configurations[0]).path,
                    reason: "field normalization: is true, but rewriting Tweets (user names, links, emoji) is not "
                        + "supported; rewrite the posts, and set it to false")
            }
            return try tokenizer(files.bertweet(), "vocab.txt", "bpe.codes")
        }
        if has("vocab.json") {
            let files = BytePairFiles(
                vocabulary: url.appending(path: "vocab.json"), merges: url.appending(path: "merges.txt"))
            try requireClass(configuration, "Roberta")
            return try tokenizer(
                files.roberta(addsBlank: configuration.addsBlank ?? false), "vocab.json", "merges.txt")
        }
        if has("sentencepiece.bpe.model") {
            try requireClass(configuration, "XLMRoberta")
            let file = try SentencePieceFile(url.appending(path: "sentencepiece.bpe.model"))
            return try tokenizer(file.xlmRoberta(), "sentencepiece.bpe.model")
        }
        if has("spm.model") {
            try requireClass(configuration, "DebertaV2")
            let file = try SentencePieceFile(url.appending(path: "spm.model"))
            return try tokenizer(
                file.deberta(
                    lowercases: configuration.options?.lowercases ?? false,
                    splitsPunctuation: configuration.splitsPunctuation ?? false), "spm.model")
        }
        throw .missingFiles(folder: url.path, lookedFor: Self.vocabularies)
    }

    /// Refuses a vocabulary whose tokenizer is of a class that gives other ids to it.
    private func requireClass(_ configuration: Configuration, _ family: String) throws(TokenizerError) {
        let known = ["\(family)Tokenizer", "\(family)TokenizerFast", "PreTrainedTokenizerFast"]
        guard let name = configuration.className, !known.contains(name) else { return }
        throw .invalidConfiguration(
            path: url.appending(path: Self.configurations[0]).path,
            reason: "field tokenizer_class: is \(name.quoted), which needs a tokenizer.json here; without one only "
                + "\(known[0]) is supported")
    }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url.appending(path: name).path) }

    /// The tokenizer that `tokenizer.json` describes.
    func described(segmentCount: Int) throws(TokenizerError) -> PipelineTokenizer {
        let file = url.appending(path: "tokenizer.json")
        guard let document: TokenizerDocument = try decodeTokenizerFile(file) else {
            throw .missingFiles(folder: url.path, lookedFor: ["tokenizer.json"])
        }
        let configuration = try configuration()
        var parts = document.parts
        if case .bert = parts.normalizer, let options = configuration.options { parts.normalizer = .bert(options) }
        return try PipelineTokenizer(
            parts, names: configuration.names, files: [file] + Self.configurations.map { url.appending(path: $0) },
            segmentCount: segmentCount)
    }

    private static let configurations = ["tokenizer_config.json", "special_tokens_map.json"]

    /// What the files beside a vocabulary say.
    struct Configuration {
        var names = TokenizerNames()
        var options: NormalizerOptions?
        var addsBlank: Bool?
        var splitsPunctuation: Bool?
        var normalizesTweets: Bool?
        var className: String?
    }

    private func configuration() throws(TokenizerError) -> Configuration {
        let file: ConfigurationFile? = try decodeTokenizerFile(url.appending(path: Self.configurations[0]))
        let map: ConfigurationFile? = try decodeTokenizerFile(url.appending(path: Self.configurations[1]))
        let names = file?.names ?? TokenizerNames()
        return Configuration(
            names: map.map { names.filled(from: $0.names) } ?? names, options: file?.options,
            addsBlank: file?.addsBlank, splitsPunctuation: file?.splitsPunctuation,
            normalizesTweets: file?.normalizesTweets, className: file?.className)
    }

    /// Whether `tokenizer.json` describes BERT's own tokenizer, which a vocabulary alone tells.
    private var isBert: Bool {
        let probe: BertProbe? = try? decodeTokenizerFile(url.appending(path: "tokenizer.json"))
        return probe?.isBert ?? false
    }
}

extension TokenizerNames {
    /// These names, and those of others where there is none.
    fileprivate func filled(from other: TokenizerNames) -> TokenizerNames {
        TokenizerNames(
            unknown: unknown ?? other.unknown, classification: classification ?? other.classification,
            separator: separator ?? other.separator, padding: padding ?? other.padding, mask: mask ?? other.mask)
    }
}

/// What tells whether a `tokenizer.json` is BERT's own.
private struct BertProbe: Decodable {
    private struct Part: Decodable {
        let type: String?
    }

    private struct Model: Decodable {
        let type: String?
        let prefix: String?
        let longestWord: Int?

        enum CodingKeys: String, CodingKey {
            case type
            case prefix = "continuing_subword_prefix"
            case longestWord = "max_input_chars_per_word"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case normalizer, model
        case preTokenizer = "pre_tokenizer"
        case addedTokens = "added_tokens"
        case postProcessor = "post_processor"
    }

    let isBert: Bool

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func has(_ type: String, _ key: CodingKeys) throws -> Bool {
            (try keys.decodeIfPresent(Part.self, forKey: key)?.type ?? type) == type
        }
        let model = try keys.decodeIfPresent(Model.self, forKey: .model)
        let tokens = try keys.decodeIfPresent([AddedToken].self, forKey: .addedTokens) ?? []
        let document = decoder.userInfo[ExactObject.document] as? [UInt8]
        let pieces = document.flatMap { ExactObject.numbers(in: $0, at: "model", "vocab") }
        func isPiece(_ token: AddedToken) -> Bool { pieces?.contains { $0 == (token.content, token.id) } ?? false }
        let template = try keys.decodeIfPresent(PostProcessor.self, forKey: .postProcessor)?.template
        isBert =
            try has("BertNormalizer", .normalizer) && has("BertPreTokenizer", .preTokenizer)
            && (model?.type ?? "WordPiece") == "WordPiece" && (model?.prefix ?? "##") == "##"
            && (model?.longestWord ?? PieceBuilder.longestWord) == PieceBuilder.longestWord
            && pieces != nil && tokens.allSatisfy { $0.isPlain && isPiece($0) }
            && (template?.isBert ?? true)
    }
}

extension AddedToken {
    /// Whether it is found wherever it stands, as BERT's are.
    fileprivate var isPlain: Bool { isSpecial && !isWord && !stripsLeft && !stripsRight && !isNormalized }
}

extension SequenceTemplate {
    /// Whether this is `[CLS] A [SEP] B [SEP]`.
    fileprivate var isBert: Bool {
        let specials = singleSpecials
        guard specials.before.count == 1, specials.after.count == 1 else { return false }
        return self
            == SequenceTemplate(
                classification: specials.before[0], separator: specials.after[0], separators: 1, pairSegment: 1)
    }
}
