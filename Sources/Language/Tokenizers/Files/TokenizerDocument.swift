import Foundation
import Support

/// A `tokenizer.json`.
///
/// `truncation`, `padding` and `decoder` say what becomes of whole sequences, which is the caller's affair here; of
/// `padding` the token is read.
struct TokenizerDocument: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case version, truncation, padding, normalizer, model, decoder
        case addedTokens = "added_tokens"
        case preTokenizer = "pre_tokenizer"
        case postProcessor = "post_processor"
    }

    private enum PaddingKeys: String, CodingKey { case id = "pad_id" }

    let parts: TokenizerParts

    init(from decoder: any Decoder) throws {
        try Self.refuseUnknown(decoder)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let model = try keys.decode(PieceModel.self, forKey: .model)
        let processor = try keys.decodeIfPresent(PostProcessor.self, forKey: .postProcessor)
        guard let template = processor?.template else {
            throw keys.corrupted(
                .postProcessor,
                "says no template; an encoder's tokenizer has TemplateProcessing, BertProcessing or "
                    + "RobertaProcessing")
        }
        parts = TokenizerParts(
            normalizer: try keys.decodeIfPresent(Normalizer.self, forKey: .normalizer),
            preTokenizer: try keys.decodeIfPresent(PreTokenizer.self, forKey: .preTokenizer), model: model,
            addedTokens: try keys.decodeIfPresent([AddedToken].self, forKey: .addedTokens) ?? [], template: template,
            trimming: processor?.trimming, padding: try Self.padding(keys))
        try Self.check(parts.addedTokens, model.vocabulary, keys)
    }

    /// Refuses parts that no tokenizer known here has.
    static func refuseUnknown(_ decoder: any Decoder) throws {
        try decoder.container(keyedBy: AnyKey.self).refuseUnknown(
            besides: CodingKeys.allCases.map(\.rawValue).sorted(), as: "is no part that is supported")
    }

    private static func padding(_ keys: KeyedDecodingContainer<CodingKeys>) throws -> Int? {
        guard try keys.contains(.padding) && !keys.decodeNil(forKey: .padding) else { return nil }
        let padding = try keys.nestedContainer(keyedBy: PaddingKeys.self, forKey: .padding)
        return try padding.decodeIfPresent(Int.self, forKey: .id) == nil ? nil : padding.whole(.id, in: PieceModel.ids)
    }

    /// Checks that added tokens have the ids that the vocabulary gives them.
    private static func check(
        _ tokens: [AddedToken], _ vocabulary: PieceVocabulary, _ keys: KeyedDecodingContainer<CodingKeys>
    ) throws {
        for (index, token) in tokens.enumerated() {
            if let id = vocabulary.id(of: token.content), id != token.id {
                throw keys.corrupted(
                    .addedTokens,
                    "entry \(index): \(token.content.quoted) has the id \(token.id) here and \(id) in model.vocab")
            }
        }
    }
}

extension AddedToken: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, content, normalized, special
        case isWord = "single_word"
        case stripsLeft = "lstrip"
        case stripsRight = "rstrip"
    }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func flag(_ key: CodingKeys) throws -> Bool { try keys.decodeIfPresent(Bool.self, forKey: key) ?? false }
        content = try keys.value(.content, rule: "text that is not empty") { (text: String) in !text.isEmpty }
        id = try keys.whole(.id, in: PieceModel.ids)
        isSpecial = try flag(.special)
        isWord = try flag(.isWord)
        stripsLeft = try flag(.stripsLeft)
        stripsRight = try flag(.stripsRight)
        isNormalized = try keys.decodeIfPresent(Bool.self, forKey: .normalized) ?? !isSpecial
    }
}
