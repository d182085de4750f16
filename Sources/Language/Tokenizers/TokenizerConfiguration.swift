import Foundation

/// The names of the tokens that mean no text, as the vocabulary spells them.
package struct SpecialTokenNames: Hashable, Sendable {
    /// A word that no pieces make up.
    package var unknown = "[UNK]"
    /// The first token of an encoding.
    package var classification = "[CLS]"
    /// The last token of a segment.
    package var separator = "[SEP]"
    /// The token that fills the rest of a batch's row.
    package var padding = "[PAD]"
    /// The token that hides a piece in pretraining.
    package var mask = "[MASK]"

    /// BERT's own names.
    package init() {}

    var all: [String] { [unknown, classification, separator, padding, mask] }
}

/// The description of a tokenizer in the JSON files of a Hugging Face folder.
struct TokenizerConfiguration {
    var names = SpecialTokenNames()
    private var options: NormalizerOptions?

    init(folder: URL) throws(TokenizerError) {
        if let file: ConfigurationFile = try Self.decode(folder.appending(path: "tokenizer_config.json")) {
            names = file.names
            options = file.options
        }
        if options == nil, let file: TokenizerFile = try Self.decode(folder.appending(path: "tokenizer.json")) {
            options = file.normalizer?.options
        }
    }

    /// The options that the files tell; where they tell none, a vocabulary with capital letters is a cased model's.
    func options(for vocabulary: WordPieceVocabulary) -> NormalizerOptions {
        if let options { return options }
        let special = Set(names.all)
        let isCased = vocabulary.tokens.contains { token in
            !(token.hasPrefix("[") && token.hasSuffix("]")) && !special.contains(token)
                && token.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        }
        return isCased ? .cased : .uncased
    }

    /// The decoded file, or nil where there is none.
    private static func decode<Value: Decodable>(_ url: URL) throws(TokenizerError) -> Value? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Value.self, from: Data(contentsOf: url))
        } catch {
            throw .invalidConfiguration(path: url.path, reason: "\(error)")
        }
    }
}

/// The keys of `tokenizer_config.json` that matter here.
private struct ConfigurationFile: Decodable {
    /// A token, written as a string or as an object that holds one.
    struct Name: Decodable {
        let content: String

        enum CodingKeys: CodingKey { case content }

        init(from decoder: any Decoder) throws {
            if let string = try? decoder.singleValueContainer().decode(String.self) {
                content = string
            } else {
                content = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .content)
            }
        }
    }

    let doLowerCase: Bool?
    let stripAccents: Bool?
    let tokenizeChineseChars: Bool?
    let unkToken, clsToken, sepToken, padToken, maskToken: Name?

    var names: SpecialTokenNames {
        var names = SpecialTokenNames()
        names.unknown = unkToken?.content ?? names.unknown
        names.classification = clsToken?.content ?? names.classification
        names.separator = sepToken?.content ?? names.separator
        names.padding = padToken?.content ?? names.padding
        names.mask = maskToken?.content ?? names.mask
        return names
    }

    var options: NormalizerOptions? {
        doLowerCase.map {
            NormalizerOptions(
                lowercases: $0, stripsAccents: stripAccents, isolatesIdeographs: tokenizeChineseChars ?? true)
        }
    }
}

/// The part of `tokenizer.json` that matters here.
private struct TokenizerFile: Decodable {
    struct Normalizer: Decodable {
        let lowercase: Bool?
        let stripAccents: Bool?
        let handleChineseChars: Bool?
        let cleanText: Bool?

        var options: NormalizerOptions? {
            lowercase.map {
                NormalizerOptions(
                    lowercases: $0, stripsAccents: stripAccents, isolatesIdeographs: handleChineseChars ?? true,
                    cleansText: cleanText ?? true)
            }
        }
    }

    let normalizer: Normalizer?
}
