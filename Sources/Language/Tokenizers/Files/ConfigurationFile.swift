import Foundation
import Support

/// The keys of `tokenizer_config.json` that matter here.
struct ConfigurationFile: Decodable {
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
            guard !content.isEmpty else {
                throw DecodingError.corrupted(decoder.codingPath, "is empty; name a piece of the vocabulary")
            }
        }
    }

    let lowercases: Bool?
    let stripsAccents: Bool?
    let isolatesIdeographs: Bool?
    let addsBlank: Bool?
    let splitsPunctuation: Bool?
    let normalizesTweets: Bool?
    let className: String?
    let unknown, classification, separator, padding, mask: Name?

    private enum CodingKeys: String, CodingKey {
        case lowercases = "do_lower_case"
        case stripsAccents = "strip_accents"
        case isolatesIdeographs = "tokenize_chinese_chars"
        case addsBlank = "add_prefix_space"
        case splitsPunctuation = "split_by_punct"
        case normalizesTweets = "normalization"
        case className = "tokenizer_class"
        case unknown = "unk_token"
        case classification = "cls_token"
        case separator = "sep_token"
        case padding = "pad_token"
        case mask = "mask_token"
    }

    var names: TokenizerNames {
        TokenizerNames(
            unknown: unknown?.content, classification: classification?.content, separator: separator?.content,
            padding: padding?.content, mask: mask?.content)
    }

    var options: NormalizerOptions? {
        lowercases.map {
            NormalizerOptions(
                lowercases: $0, stripsAccents: stripsAccents, isolatesIdeographs: isolatesIdeographs ?? true)
        }
    }
}

/// The content of a tokenizer's file of lines.
func tokenizerText(_ url: URL) throws(TokenizerError) -> String {
    guard let text = String(validating: try tokenizerData(url), as: UTF8.self) else { throw .notUTF8(path: url.path) }
    return text
}

private func tokenizerData(_ url: URL) throws(TokenizerError) -> Data {
    do {
        return try Data(contentsOf: url)
    } catch {
        throw .unreadable(path: url.path, reason: Support.reason(of: error))
    }
}

/// The decoded JSON file of a tokenizer, or nil where there is none.
func decodeTokenizerFile<Value: Decodable>(_ url: URL) throws(TokenizerError) -> Value? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let data = try tokenizerData(url)
    do throws(JSONProblem) {
        let decoder = JSONDecoder()
        decoder.userInfo[ExactObject.document] = [UInt8](data)
        return try decoder.decode(
            Value.self, from: data, rule: "it is an object that a Hugging Face tokenizer saved")
    } catch {
        throw .invalidConfiguration(path: url.path, reason: error.description)
    }
}
