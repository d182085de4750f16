import Contexts
import Foundation
import TestServer
import TestSupport
import Testing
import Vision

/// A cache, pictures and a generator that asks a ``ChatServer``.
struct Workbench {
    let scratch: TemporaryFolder
    let cache: ContextCache

    init() throws {
        scratch = try TemporaryFolder()
        cache = try ContextCache(scratch["cache/contexts.sqlite"])
    }

    /// Pictures that all look different.
    func pictures(_ count: Int) throws -> [PictureSource] {
        try (0..<count).map { .file(try scratch.write(SamplePicture.tiff($0), to: "pictures/\($0).tif")) }
    }

    /// Retries without long waits.
    static let impatient = RetryPolicy(attempts: 3, firstWait: 0.01, longestWait: 1, patience: 5)

    static func generator(
        _ server: ChatServer, key: String? = nil, change: (inout OpenAIGenerator.Options) -> Void = { _ in }
    ) throws -> OpenAIGenerator {
        try generator(server.endpoint, key: key, change: change)
    }

    static func generator(
        _ endpoint: String, key: String? = nil, change: (inout OpenAIGenerator.Options) -> Void = { _ in }
    ) throws -> OpenAIGenerator {
        var options = OpenAIGenerator.Options(model: "llava")
        options.timeOut = 5
        change(&options)
        let key = try APIKey(variable: "KEY", environment: key.map { ["KEY": $0] } ?? [:])
        return OpenAIGenerator(endpoint: try Endpoint(endpoint), key: key, options: options)
    }

    /// What the cache has of a run's first picture.
    func entry(_ result: ContextRunner<OpenAIGenerator>.Result) throws -> ContextCache.Entry {
        let picture = try #require(result.outcomes[0]?.picture)
        return try #require(try cache.entries(of: picture).first)
    }

    /// Runs pictures through a generator, and closes it.
    func run(
        _ generator: OpenAIGenerator, _ pictures: [PictureSource], concurrency: Int = 4,
        policy: RetryPolicy = impatient
    ) async throws -> ContextRunner<OpenAIGenerator>.Result {
        let runner = try ContextRunner(generator, cache: cache, concurrency: concurrency, policy: policy)
        return try await runner.runAndClose(pictures)
    }
}

extension ContextOutcome {
    var failure: GenerationFailure? { if case .failed(_, let failure) = self { failure } else { nil } }
}
