import ArgumentParser
import Contexts
import Corpus
import Foundation

struct ContextsGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Describe pictures (what `shapca contexts` alone does).",
        discussion: """
            The file has a header with the provenance, then a line for each picture. Pictures are scaled down and stripped \
            of metadata before they are sent; those that cannot be decoded are not sent. Failed pictures are listed, and \
            written to a file beside the output whose name ends in .failures.jsonl; the exit status is then 1.

            A key is taken from the environment (OPENAI_API_KEY, or what --key-variable names) and never shown or stored.
            """)

    @OptionGroup var pictures: PictureOptions

    @Option(help: "What puts pictures into words: openai or labels.")
    var generator: GeneratorKind

    @Option(help: ArgumentHelp("The model's name, as the server knows it.", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("The file to write, JSON lines.", valueName: "file"), transform: URL.argument)
    var output: URL

    @Flag(help: "Print the summary as JSON.")
    var json = false

    @OptionGroup var options: GeneratorOptions

    func validate() throws {
        guard pictures.isGiven else { throw ValidationError("give --images or --data") }
        try options.validate(generator, model: model, prefix: "")
    }

    func run() throws {
        try run(with: options.generator(generator, model: model))
    }

    private func run<Generator: ContextGenerator>(with generator: Generator) throws {
        let files = try pictures.files()
        let runner = try options.runner(generator, cache: options.cache.open())
        let interrupt = Interrupt()
        let display = ContextDisplay()
        let sources = files.files.map(\.source)
        let result = try waiting {
            defer { display.finish() }
            do {
                let result = try await runner.run(
                    sources, shouldStop: { interrupt.wasAsked }, observe: { display.show($0) })
                await generator.close()
                return result
            } catch {
                await generator.close()
                throw error
            }
        }
        let report = ContextReport(result, files: files)
        for line in report.listing { Console.note(line) }
        if result.wasInterrupted {
            Console.note("stopped; the same command goes on from here")
            throw ExitCode(130)
        }
        if let stop = result.stop {
            Console.note(
                "stopped early: \(stop.reason). \(report.unasked) pictures were not asked about; the same command goes on"
            )
            throw ExitCode.failure
        }
        try write(result, files: files, generator: generator, runner: runner)
        try report.write(beside: output)
        if json { try Console.print(json: report) } else { try Console.print(report.summary(of: output)) }
        if !report.failures.isEmpty { throw ExitCode.failure }
    }

    private func write<Generator: ContextGenerator>(
        _ result: ContextRunner<Generator>.Result, files: PictureFiles, generator: Generator,
        runner: ContextRunner<Generator>
    ) throws {
        let writer = try JSONLinesWriter<ContextRecord>(output)
        var provenance = generator.recipe.provenance
        provenance["endpoint"] = generator.endpoint
        try writer.write(.header(provenance))
        for (file, outcome) in zip(files.files, result.outcomes) {
            guard let picture = outcome?.picture, let text = try runner.text(of: picture) else { continue }
            try writer.write(.context(image: file.name, text))
        }
        try writer.finish()
    }
}
