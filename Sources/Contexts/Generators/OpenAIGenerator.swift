import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Support
import Vision

/// A large multimodal model behind the OpenAI chat-completions protocol, as llama.cpp, vLLM, Ollama and hosted
/// services speak it. The request holds the picture as a data URL.
package final class OpenAIGenerator: ContextGenerator {
    /// The options of a request.
    package struct Options: Sendable {
        /// The model's name, as the server knows it.
        package var model: String
        /// The question about each picture.
        package var prompt = Prompt.standard
        /// 0 for the likeliest answer, higher for more varied ones.
        package var temperature = 1.0
        /// The seed of sampling; the attempt's number is added to it. Nil lets the server choose.
        package var seed: Int?
        /// The most tokens of an answer.
        package var maximumTokens = 512
        /// The most pixels of the longer side of a picture that is sent.
        package var largestSide = 1024
        /// Seconds until an answer must be complete.
        package var timeOut = 120.0
        /// The most requests at once, for which connections are kept.
        package var concurrency = 4

        package init(model: String) { self.model = model }
    }

    package let recipe: ContextRecipe
    private let options: Options
    private let address: Endpoint
    private let key: APIKey?
    private let client: HTTPClient
    private let shrinker: PictureShrinker
    /// The most bytes of an answer that are read.
    private static let longestAnswer = 4 << 20

    /// A generator, whose ``close()`` has to be called.
    /// - Parameter key: nil for servers that ask for none.
    package init(endpoint: Endpoint, key: APIKey?, options: Options) {
        self.options = options
        address = endpoint
        self.key = key
        shrinker = PictureShrinker(largestSide: options.largestSide)
        var settings = [
            "temperature": "\(options.temperature)", "max_tokens": "\(options.maximumTokens)",
            "largest_side": "\(options.largestSide)",
        ]
        settings["seed"] = options.seed.map { "\($0)" }
        recipe = ContextRecipe(
            generator: "openai", model: options.model, prompt: options.prompt, settings: settings)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Int64(min(10, max(1, options.timeOut))))))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.concurrency
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package var endpoint: String? { address.description }
    package var answersVary: Bool { options.temperature > 0 }

    package func close() async { try? await client.shutdown() }

    /// A picture ready to be sent.
    package struct Upload: Sendable {
        let picture: Data
        /// The first request's body.
        let body: ByteBuffer
    }

    package func prepare(_ bytes: Data, name: String) throws(PictureError) -> Upload {
        let picture = try shrinker.jpeg(of: bytes, name: name)
        return Upload(picture: picture, body: body(asking: picture, attempt: 0))
    }

    package func context(of upload: Upload, attempt: Int) async throws(GenerationFailure) -> GeneratedContext {
        let started = ContinuousClock.now
        do {
            let (status, headers, body) = try await send(request(for: upload, attempt: attempt))
            guard status == .ok else {
                throw ChatFailure.failure(status: status, headers: headers, body: body, key: key)
            }
            let answer = try ChatAnswer(body, without: key)
            return GeneratedContext(
                text: answer.text, servedModel: answer.model, promptTokens: answer.promptTokens,
                completionTokens: answer.completionTokens, latency: (ContinuousClock.now - started).seconds)
        } catch let failure as GenerationFailure {
            throw failure.redacted(key)
        } catch {
            throw ChatFailure.failure(error, timeOut: options.timeOut, address: address).redacted(key)
        }
    }

    private func request(for upload: Upload, attempt: Int) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.completions)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "shapca")
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.secret)") }
        request.body = .bytes(attempt == 0 ? upload.body : body(asking: upload.picture, attempt: attempt))
        return request
    }

    private func body(asking picture: Data, attempt: Int) -> ByteBuffer {
        let request = ChatRequest(
            model: options.model, prompt: options.prompt, picture: picture, temperature: options.temperature,
            seed: options.seed.map { $0 &+ attempt }, maximumTokens: options.maximumTokens)
        return ByteBuffer(bytes: request.json())
    }

    private func send(
        _ request: HTTPClientRequest
    ) async throws -> (status: HTTPResponseStatus, headers: HTTPHeaders, body: Data) {
        let limit = NIODeadline.now() + .milliseconds(Int64(clamping: Int(clamping: 1000 * min(options.timeOut, 1e9))))
        let response = try await client.execute(request, deadline: limit)
        do {
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            return (response.status, response.headers, Data(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw GenerationFailure(.invalidAnswer, "the answer is longer than \(Self.longestAnswer) bytes")
        }
    }
}
