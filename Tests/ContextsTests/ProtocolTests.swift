import Contexts
import Foundation
import TestServer
import TestSupport
import Testing
import Vision

@Suite("The OpenAI protocol")
struct ProtocolTests {
    private struct Sent: Decodable {
        struct Message: Decodable {
            struct Part: Decodable {
                struct Address: Decodable { let url: String }
                let type: String
                let text: String?
                let address: Address?

                private enum CodingKeys: String, CodingKey {
                    case type, text
                    case address = "image_url"
                }
            }
            let role: String
            let content: [Part]
        }
        let model: String
        let messages: [Message]
        let temperature: Double
        let seed: Int?
        let maximumTokens: Int
        let stream: Bool

        private enum CodingKeys: String, CodingKey {
            case model, messages, temperature, seed, stream
            case maximumTokens = "max_tokens"
        }
    }

    @Test("A request has the model, one turn with picture and prompt, the settings and the key")
    func request() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("\n A red square. ") }
        let generator = try Workbench.generator(server, key: "sk-secret") { options in
            options.temperature = 0.5
            options.seed = 40
            options.maximumTokens = 99
            options.prompt = "What is \"this\"?"
        }
        let result = try await bench.run(generator, try bench.pictures(1))
        let request = try #require(server.requests.first)
        #expect(server.requests.count == 1 && request.path == "/v1/chat/completions")
        #expect(request.headers["authorization"] == "Bearer sk-secret")
        #expect(request.headers["content-type"] == "application/json")
        let sent = try JSONDecoder().decode(Sent.self, from: request.body)
        #expect(sent.model == "llava" && sent.temperature == 0.5 && sent.seed == 40 && sent.maximumTokens == 99)
        #expect(!sent.stream && sent.messages.count == 1 && sent.messages[0].role == "user")
        #expect(sent.messages[0].content.map(\.type) == ["image_url", "text"])
        #expect(sent.messages[0].content[1].text == "What is \"this\"?")
        #expect(sent.messages[0].content[0].address?.url.hasPrefix("data:image/jpeg;base64,") == true)
        #expect(PictureFormat(firstBytes: request.picture) == .jpeg)
        let entry = try bench.entry(result)
        #expect(entry.context == "A red square." && entry.servedModel == "served" && entry.image == "0.tif")
        #expect(entry.promptTokens == 7 && entry.completionTokens == 3 && entry.latency > 0 && entry.attempts == 1)
        #expect(entry.endpoint == server.endpoint)
    }

    @Test("A key never reaches the cache or a message, even if the server repeats it")
    func secrecy() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { request in
            .status(400, body: "{\"error\": {\"message\": \"bad key \(request.headers["authorization"] ?? "")\"}}")
        }
        let result = try await bench.run(Workbench.generator(server, key: "sk-secret"), try bench.pictures(2))
        #expect(result.outcomes.allSatisfy { $0?.failure?.reason.contains("Bearer ***") == true })
        for file in try FileManager.default.contentsOfDirectory(
            at: bench.scratch["cache"], includingPropertiesForKeys: nil)
        {
            #expect(try Data(contentsOf: file).range(of: Data("sk-secret".utf8)) == nil, "\(file.lastPathComponent)")
        }
        let key = try #require(try APIKey(variable: "KEY", environment: ["KEY": " sk-secret\n"]))
        #expect(!"\(key)".contains("secret") && !String(reflecting: key).contains("secret"))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("secret"))
        #expect(throws: APIKeyError.self) { try APIKey(variable: "KEY", environment: ["KEY": "sk\nsecret"]) }
    }

    /// Ways in which a server may write the key `sk-secret/key+1`.
    private static let echoes = [
        "sk-secret/key+1", #"sk\u002dsecret\/key+1"#, #"sk\\u002Dsecret\\/key\u002b1"#, "sk%2Dsecret%2fkey%2B1",
        #"\u0073\u006b-secret/key+1"#,
    ]

    @Test("A key is taken out of a message before the message is cut, however it is written", arguments: echoes)
    func secrecyAcrossTheCut(echo: String) async throws {
        let bench = try Workbench()
        for (isMessage, length) in [(true, 190), (false, 190), (false, 990), (true, 980)] {
            let text = String(repeating: "x", count: length) + echo
            let server = try await ChatServer { _ in
                .status(400, body: isMessage ? "{\"error\": {\"message\": \"\(text)\"}}" : text)
            }
            let generator = try Workbench.generator(server, key: "sk-secret/key+1")
            let result = try await bench.run(generator, try bench.pictures(1))
            let reason = try #require(result.outcomes[0]?.failure?.reason)
            #expect(reason.hasSuffix(length == 190 ? "x***" : "x…"), "\(reason)")
            #expect(try bench.cache.failures().allSatisfy { !$0.reason.contains("sk") && !$0.reason.contains("u00") })
        }
    }

    @Test("A key in an answer or a model's name is taken out; a short one is a word like others", arguments: echoes)
    func secrecyOfAnswers(echo: String) async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in
            .status(
                200,
                body: #"{"model": "m \#(echo)", "choices": [{"message": {"content": "a \#(echo) and a cat"}}]}"#)
        }
        let result = try await bench.run(
            Workbench.generator(server, key: "sk-secret/key+1"), try bench.pictures(1))
        let entry = try bench.entry(result)
        #expect(entry.context == "a *** and a cat" && entry.servedModel == "m ***", "\(entry.context)")
        let other = try Workbench()
        let plain = try await ChatServer { _ in .says("a cat") }
        let second = try await other.run(Workbench.generator(plain, key: "cat"), try other.pictures(1))
        #expect(try other.entry(second).context == "a cat")
    }

    @Test(
        "Counts of tokens may be anything",
        arguments: [
            ("9223372036854775807", Int.max, Int.max), ("-5", nil, 0), ("1e30", nil, 0), ("1.5", nil, 0),
            ("\"7\"", nil, 0), ("null", nil, 0), ("7", 7, 14),
        ])
    func tokens(count: String, stored: Int?, sum: Int) async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in
            .status(
                200,
                body: #"{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": \#(count), "#
                    + #""completion_tokens": \#(count)}}"#)
        }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(2))
        #expect(result.tally.generated == 2 && result.tally.promptTokens == sum && result.tally.completionTokens == sum)
        #expect(try bench.entry(result).promptTokens == stored)
        let recipe = try #require(try bench.cache.recipes().first)
        #expect(recipe.promptTokens == sum && recipe.completionTokens == sum && recipe.contexts == 2)
    }

    @Test("A wait that a server asks for may be anything", arguments: ["1e300", "inf", "9223372036854775808"])
    func longWaits(wish: String) async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .status(429, headers: ["retry-after": wish], body: "") }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(1))
        #expect(result.outcomes[0]?.failure?.retryAfter == 1e9 && server.requests.count == 1)
    }

    @Test("What a server sends is said on one line without control and format characters")
    func printableMessages() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .status(400, body: "bad\r\n\u{1B}[31m \u{202E}evil\u{2066}!") }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(1))
        #expect(result.outcomes[0]?.failure?.reason == "400 bad [31m evil !")
    }

    @Test("A connection that fails is described in our own words")
    func connections() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .close }
        let secure = server.endpoint.replacing("http:", with: "https:")
        for endpoint in ["http://127.0.0.1:1/v1", "http://nowhere.invalid/v1", server.endpoint, secure] {
            let result = try await bench.run(
                Workbench.generator(endpoint), try bench.pictures(1), policy: RetryPolicy(attempts: 1))
            let failure = try #require(result.outcomes[0]?.failure)
            #expect(failure.kind == .unreachable && failure.reason.hasPrefix(endpoint), "\(failure)")
            for words in ["HTTPClientError", "NIO", "Error", "SSL", "errno", "(", "operation"] {
                #expect(!failure.reason.contains(words), "\(failure)")
            }
        }
    }

    @Test("An address may leave out what can be told, and may hold no secrets")
    func addresses() throws {
        for address in [
            "http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/", "http://h:1/v1/chat/completions",
        ] {
            let server = try Endpoint(address)
            #expect(!server.description.hasSuffix("/"))
        }
        for address in ["http://me:pass@h/v1", "http://me@h/v1", "http://h/v1?key=secret", "http://h/v1#secret"] {
            #expect(throws: EndpointError.hasSecrets) { try Endpoint(address) }
        }
        for address in ["", "h:1", "ftp://h", "http://", "/v1", "http:///v1", "http://h o/v1"] {
            #expect(throws: EndpointError.self, "\(address)") { try Endpoint(address) }
        }
    }

    @Test(
        "An answer that is no description fails with its reason",
        arguments: [
            (ChatServer.Reply.status(200, body: "<html>busy</html>"), GenerationFailure.Kind.invalidAnswer),
            (.status(200, body: "{\"choices\": []}"), .invalidAnswer), (.status(200, body: ""), .invalidAnswer),
            (.status(200, body: "{\"error\": {\"message\": \"out of memory\"}}"), .invalidAnswer),
            (.status(200, body: String(repeating: "[", count: 100_000)), .invalidAnswer),
            (.says("   "), .empty), (.status(200, body: "{\"choices\": [{\"message\": {\"content\": null}}]}"), .empty),
            (.says("I'm sorry, but I can't help with that."), .refused),
            (.says("a", finish: "content_filter"), .refused),
            (
                .status(200, body: "{\"choices\": [{\"message\": {\"content\": null, \"refusal\": \"No.\"}}]}"),
                .refused
            ),
            (.says("A long", finish: "length"), .cut),
            (.status(400, body: "{\"error\": \"no pictures, please\"}"), .rejected),
            (.status(401, body: ""), .unauthorized), (.status(404, body: "{}"), .notFound),
            (.status(500, body: "oops"), .serverError),
            (.status(503, body: "{\"error\": {\"message\": \"Loading\"}}"), .serverError),
            (.status(429, body: ""), .rateLimit),
            (.status(302, headers: ["location": "http://127.0.0.1:1/"], body: ""), .rejected),
            (.close, .unreachable), (.half, .unreachable),
        ])
    func badAnswers(_ reply: ChatServer.Reply, kind: GenerationFailure.Kind) async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in reply }
        let result = try await bench.run(
            Workbench.generator(server), try bench.pictures(1),
            policy: RetryPolicy(attempts: 2, firstWait: 0.01, patience: 9))
        let failure = try #require(result.outcomes[0]?.failure)
        #expect(failure.kind == kind && !failure.reason.isEmpty, "\(failure)")
        let isRetried = ![.rejected, .unauthorized, .notFound].contains(kind)
        #expect(failure.attempts == (isRetried ? 2 : 1) && server.requests.count == failure.attempts)
        #expect(try bench.cache.failures().map(\.kind) == [kind.rawValue])
        #expect(try bench.cache.recipes()[0].contexts == 0)
    }

    @Test("The list of parts that some servers answer with is read as one text")
    func parts() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in
            .status(
                200,
                body: #"{"choices": [{"message": {"content": [{"type": "text", "text": "A "}, {"text": "cat"}]}}]}"#)
        }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(1))
        #expect(try bench.entry(result).context == "A cat")
    }

    @Test("Silence ends at the time-out")
    func silence() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .silence }
        let generator = try Workbench.generator(server) { $0.timeOut = 0.2 }
        let result = try await bench.run(generator, try bench.pictures(1))
        #expect(result.outcomes[0]?.failure?.kind == .timeOut && server.requests.count == 3)
    }

    @Test("A cut answer is not asked for again where it would be the same")
    func deterministicAnswers() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("A long", finish: "length") }
        let generator = try Workbench.generator(server) { $0.temperature = 0 }
        let result = try await bench.run(generator, try bench.pictures(1))
        #expect(result.outcomes[0]?.failure?.kind == .cut && server.requests.count == 1)
    }
}
