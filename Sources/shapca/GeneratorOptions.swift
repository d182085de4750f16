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

    @Option(help: "0 for the likeliest words, more for varied ones (default: 1.0).")
    var temperature: Double?

    @Option(help: "The seed of sampling; the server's own by default.")
    var seed: Int?

    @Option(help: ArgumentHelp("The most tokens of an answer (default: 512).", valueName: "count"))
    var maxTokens: Int?

    @Option(help: ArgumentHelp("Pictures described at once.", valueName: "count"))
    var concurrency = 4

    @Option(help: ArgumentHelp("Seconds allowed for an answer.", valueName: "seconds"))
    var timeOut = 120.0

    @Option(help: ArgumentHelp("Attempts for a picture in a run.", valueName: "count"))
    var attempts = 5

    @Option(help: ArgumentHelp("The most pixels a side of a sent picture.", valueName: "pixels"))
    var largestSide = 1024

    @Option(help: ArgumentHelp("The environment variable of the server's key, if it needs one.", valueName: "name"))
    var keyVariable = "OPENAI_API_KEY"

    @OptionGroup var cache: CacheOptions

    func validate() throws {
        func require(_ isValid: Bool, _ rule: String) throws {
            guard isValid else { throw ValidationError(rule) }
        }
        try require((0...10).contains(temperature ?? 0), "--temperature must be between 0 and 10")
        try require((maxTokens ?? 1) >= 1, "--max-tokens must be at least 1")
        try require((1...1024).contains(concurrency), "--concurrency must be between 1 and 1024")
        try require(timeOut > 0 && timeOut <= 86_400, "--time-out must be between 0 and 86400 seconds")
        try require((1...100).contains(attempts), "--attempts must be between 1 and 100")
        try require((16...8192).contains(largestSide), "--largest-side must be between 16 and 8192")
    }

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
