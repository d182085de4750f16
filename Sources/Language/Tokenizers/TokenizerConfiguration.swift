import Foundation
import Support

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

    /// The names that a file gives, else BERT's own.
    init(_ names: TokenizerNames) {
        unknown = names.unknown ?? unknown
        classification = names.classification ?? classification
        separator = names.separator ?? separator
        padding = names.padding ?? padding
        mask = names.mask ?? mask
    }

    var all: [String] { [unknown, classification, separator, padding, mask] }
}

/// The description of a tokenizer in the JSON files of a Hugging Face folder.
struct TokenizerConfiguration {
    var names = SpecialTokenNames()
    private var options: NormalizerOptions?
    private var addedTokens: [TokenizerFile.AddedToken] = []
    private let tokenizerFile: URL

    init(folder: URL) throws(TokenizerError) {
        tokenizerFile = folder.appending(path: "tokenizer.json")
        if let file: ConfigurationFile = try decodeTokenizerFile(folder.appending(path: "tokenizer_config.json")) {
            names = SpecialTokenNames(file.names)
            options = file.options
        }
        if let file: TokenizerFile = try decodeTokenizerFile(tokenizerFile) {
            options = options ?? file.normalizer?.options
            addedTokens = file.addedTokens
        }
    }

    /// Checks that every added token is a piece of the vocabulary.
    func check(_ vocabulary: WordPieceVocabulary) throws(TokenizerError) {
        for (index, token) in addedTokens.enumerated() where vocabulary.id(of: token.content) != token.id {
            throw .invalidConfiguration(
                path: tokenizerFile.path,
                reason: "field added_tokens[\(index)].id: is \(token.id), but vocab.txt has no "
                    + "\(token.content.shortened) there; added tokens must be pieces of the vocabulary")
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
}

/// The part of `tokenizer.json` that matters here. What is not BERT's own is refused by its name.
private struct TokenizerFile: Decodable {
    struct AddedToken: Decodable {
        let id: Int
        let content: String

        private enum CodingKeys: CodingKey { case id, content }

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            id = try keys.whole(.id, in: 0...1_000_000)
            content = try keys.decode(String.self, forKey: .content)
        }
    }

    struct Normalizer: Decodable {
        private enum Kind: String, CaseIterable { case bert = "BertNormalizer" }

        private enum CodingKeys: String, CodingKey {
            case kind = "type"
            case lowercases = "lowercase"
            case stripsAccents = "strip_accents"
            case isolatesIdeographs = "handle_chinese_chars"
            case cleansText = "clean_text"
        }

        let options: NormalizerOptions?

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: CodingKeys.self)
            let _: Kind = try keys.choice(.kind, default: .bert)
            let stripsAccents = try keys.decodeIfPresent(Bool.self, forKey: .stripsAccents)
            let isolatesIdeographs = try keys.decodeIfPresent(Bool.self, forKey: .isolatesIdeographs)
            let cleansText = try keys.decodeIfPresent(Bool.self, forKey: .cleansText)
            options = try keys.decodeIfPresent(Bool.self, forKey: .lowercases).map {
                NormalizerOptions(
                    lowercases: $0, stripsAccents: stripsAccents, isolatesIdeographs: isolatesIdeographs ?? true,
                    cleansText: cleansText ?? true)
            }
        }
    }

    /// A part that is built in here.
    struct Part<Kind: RawRepresentable & CaseIterable>: Decodable where Kind.RawValue == String {
        private enum CodingKeys: CodingKey { case type }

        init(from decoder: any Decoder) throws {
            guard let kind = Kind.allCases.first else { return }
            let _: Kind = try decoder.container(keyedBy: CodingKeys.self).choice(.type, default: kind)
        }
    }

    private enum Words: String, CaseIterable { case bert = "BertPreTokenizer" }
    private enum Pieces: String, CaseIterable { case wordPiece = "WordPiece" }

    private enum CodingKeys: String, CodingKey {
        case normalizer
        case words = "pre_tokenizer"
        case pieces = "model"
        case addedTokens = "added_tokens"
    }

    let normalizer: Normalizer?
    let addedTokens: [AddedToken]

    init(from decoder: any Decoder) throws {
        try TokenizerDocument.refuseUnknown(decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        normalizer = try keys.decodeIfPresent(Normalizer.self, forKey: .normalizer)
        addedTokens = try keys.decodeIfPresent([AddedToken].self, forKey: .addedTokens) ?? []
        _ = try keys.decodeIfPresent(Part<Words>.self, forKey: .words)
        _ = try keys.decodeIfPresent(Part<Pieces>.self, forKey: .pieces)
    }
}
