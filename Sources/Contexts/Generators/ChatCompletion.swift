import Foundation
import Support

/// A request for a chat completion: one turn with a picture and a question.
struct ChatRequest: Encodable {
    private struct Message: Encodable {
        let role = "user"
        let content: [Part]
    }

    private enum Part: Encodable {
        case picture(URLBox)
        case text(String)

        private enum CodingKeys: String, CodingKey {
            case type, text
            case picture = "image_url"
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .picture(let url):
                try fields.encode("image_url", forKey: .type)
                try fields.encode(url, forKey: .picture)
            case .text(let text):
                try fields.encode("text", forKey: .type)
                try fields.encode(text, forKey: .text)
            }
        }
    }

    private struct URLBox: Encodable {
        let url: String
    }

    private enum CodingKeys: String, CodingKey {
        case model, messages, temperature, seed, stream
        case maximumTokens = "max_tokens"
    }

    private let model: String
    private let messages: [Message]
    private let temperature: Double
    private let seed: Int?
    private let maximumTokens: Int
    private let stream = false

    /// - Parameter picture: a JPEG file.
    init(model: String, prompt: String, picture: Data, temperature: Double, seed: Int?, maximumTokens: Int) {
        let url = "data:image/jpeg;base64," + picture.base64EncodedString()
        self.model = model
        messages = [Message(content: [.picture(URLBox(url: url)), .text(prompt)])]
        self.temperature = temperature
        self.seed = seed
        self.maximumTokens = maximumTokens
    }

    /// The request as JSON.
    /// - Precondition: The temperature is finite.
    func json() -> Data {
        do {
            return try JSONEncoder.compact.encode(self)
        } catch {
            preconditionFailure("a request cannot be written as JSON: \(error)")
        }
    }
}

/// A server's answer, if it is a description.
package struct ChatAnswer: Equatable {
    package var text: String
    var model: String?
    var promptTokens: Int?
    var completionTokens: Int?

    /// Reads a completion.
    /// - Parameter key: the key to leave out, should the server repeat it.
    /// - Throws: ``GenerationFailure`` for one that is not JSON, empty, refused, or cut at the limit of tokens.
    package init(_ body: Data, without key: APIKey? = nil) throws(GenerationFailure) {
        func excerpt(of text: String) -> String { ChatFailure.excerpt(of: text, without: key) }
        let completion: Completion
        do {
            completion = try JSONDecoder().decode(Completion.self, from: body)
        } catch {
            let start = ChatFailure.excerpt(of: body, without: key)
            throw GenerationFailure(.invalidAnswer, "not a chat completion: \(start)")
        }
        if let problem = completion.error { throw GenerationFailure(.invalidAnswer, excerpt(of: problem.message)) }
        guard let choice = completion.choices?.first else {
            throw GenerationFailure(.invalidAnswer, "the completion has no choices")
        }
        let content = (choice.message?.content?.text ?? "").trimmed
        text = key?.redacted(answer: content) ?? content
        model = completion.model.map { key?.redacted(answer: $0) ?? $0 }
        promptTokens = completion.usage?.promptTokens
        completionTokens = completion.usage?.completionTokens
        if let refusal = choice.message?.refusal, !refusal.trimmed.isEmpty {
            throw GenerationFailure(.refused, excerpt(of: refusal))
        }
        if choice.finishReason == "content_filter" {
            throw GenerationFailure(.refused, "the server's content filter stopped the answer")
        }
        if choice.finishReason == "length" {
            throw GenerationFailure(.cut, "the answer was cut at the limit of tokens; allow more, or ask for less")
        }
        if text.isEmpty { throw GenerationFailure(.empty, "the answer has no words") }
        let start = text.prefix(80).lowercased().replacing("\u{2019}", with: "'")
        if Self.refusals.contains(where: { start.hasPrefix($0) }) {
            throw GenerationFailure(.refused, excerpt(of: text))
        }
    }

    /// The beginnings of answers that refuse in plain words; no description of a picture begins so.
    private static let refusals = [
        "i'm sorry", "i am sorry", "sorry, i", "sorry, but", "i can't ", "i cannot ", "i'm unable", "i am unable",
        "i'm not able", "i am not able", "as an ai",
    ]
}

/// A completion as the protocol has it, with the fields that are needed.
private struct Completion: Decodable {
    struct Choice: Decodable {
        let message: Message?
        let finishReason: String?

        private enum CodingKeys: String, CodingKey {
            case message
            case finishReason = "finish_reason"
        }
    }

    struct Message: Decodable {
        let content: Content?
        let refusal: String?
    }

    /// A string, or a list of parts.
    struct Content: Decodable {
        let text: String

        private struct Part: Decodable { let text: String? }

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let string = try? value.decode(String.self) {
                text = string
            } else {
                text = try value.decode([Part].self).compactMap(\.text).joined()
            }
        }
    }

    /// The counts of tokens; one that is no count is not given.
    struct Usage: Decodable {
        let promptTokens: Int?
        let completionTokens: Int?

        private enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }

        init(from decoder: any Decoder) throws {
            let fields = try? decoder.container(keyedBy: CodingKeys.self)
            func count(_ key: CodingKeys) -> Int? {
                (try? fields?.decode(Int.self, forKey: key)).flatMap { $0 >= 0 ? $0 : nil }
            }
            promptTokens = count(.promptTokens)
            completionTokens = count(.completionTokens)
        }
    }

    let choices: [Choice]?
    let usage: Usage?
    let model: String?
    let error: ServerMessage?
}
