import ArgumentParser
import Contexts
import Extraction
import Foundation

/// A kind of generator.
enum GeneratorKind: String, ExpressibleByArgument, CaseIterable { case openai, labels }

/// The options of commands that describe pictures.
struct GeneratorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's address, as in http://127.0.0.1:8080/v1.", valueName: "url"))
    var endpoint: String?

    @Option(help: .file("The prompt; `shapca contexts prompt` prints the default."), transform: URL.argument)
    var promptFile: URL?

    @Option("Low for the likeliest words, high for varied ones; 1 when not given", in: 0...10, unit: "temperature")
    var temperature: Double?

    @Option("The seed of sampling; the server's own when not given", in: 0...Int(UInt32.max), unit: "seed")
    var seed: Int?

    @Option("The most tokens of an answer; 512 when not given", in: 1...100_000)
    var maxTokens: Int?

    @Option("Pictures described at once", in: 1...1024)
    var concurrency = 4

    @Option("Seconds allowed for an answer", in: 0.001...86_400, unit: "seconds")
    var timeOut = 120.0

    @Option("Attempts for a picture in a run", in: 1...100)
    var attempts = 5

    @Option("The most pixels a side of a sent picture", in: 16...8192, unit: "pixels")
    var largestSide = 1024

    @Option(help: ArgumentHelp("The environment variable of the server's key, if it needs one.", valueName: "name"))
    var keyVariable = "OPENAI_API_KEY"

    @OptionGroup var cache: CacheOptions

    /// Checks the options against a kind of generator.
    /// - Parameter prefix: the start of the names of the options outside this group, as in `--context-model`.
    func validate(_ kind: GeneratorKind?, model: String?, prefix: String) throws {
        guard kind == .openai else {
            let given = [
                "--\(prefix)model": model != nil, "--endpoint": endpoint != nil, "--prompt-file": promptFile != nil,
                "--temperature": temperature != nil, "--seed": seed != nil, "--max-tokens": maxTokens != nil,
            ].filter(\.value).keys.sorted()
            guard let first = given.first else { return }
            throw ValidationError("\(first) needs --\(prefix)generator openai")
        }
        guard let endpoint else { throw ValidationError("--\(prefix)generator openai needs --endpoint") }
        guard let model, !model.isEmpty else {
            throw ValidationError("--\(prefix)generator openai needs --\(prefix)model")
        }
        do { _ = try Endpoint(endpoint) } catch { throw ValidationError("\(error)") }
    }

    /// The generator.
    func generator(_ kind: GeneratorKind, model: String?) throws -> any ContextGenerator {
        guard kind == .openai, let model, let endpoint else {
            return try LabelGenerator(folder: FetchedModels.resolve("efficientnet-lite0"))
        }
        var options = OpenAIGenerator.Options(model: model)
        if let promptFile { options.prompt = try Prompt.read(promptFile) }
        options.temperature = temperature ?? options.temperature
        options.seed = seed
        options.maximumTokens = maxTokens ?? options.maximumTokens
        options.largestSide = largestSide
        options.timeOut = timeOut
        options.concurrency = concurrency
        let key = try APIKey(variable: keyVariable, environment: ProcessInfo.processInfo.environment)
        return OpenAIGenerator(endpoint: try Endpoint(endpoint), key: key, options: options)
    }

    /// A runner over the cache.
    func runner<Generator: ContextGenerator>(_ generator: Generator) throws -> ContextRunner<Generator> {
        try ContextRunner(
            generator, cache: cache.open(), concurrency: concurrency, policy: RetryPolicy(attempts: attempts))
    }
}
