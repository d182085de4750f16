import Foundation

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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(self)
        } catch {
            preconditionFailure("a request cannot be written as JSON: \(error)")
        }
    }
}
