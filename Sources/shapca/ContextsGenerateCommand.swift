import ArgumentParser
import Contexts
import Foundation
import Support

struct ContextsGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Describe pictures (what `shapca contexts` alone does).",
        discussion: """
            The file has a header with the provenance, then a line for each picture. The server gets pictures scaled \
            down and without metadata, and none that cannot be decoded. If pictures fail, the exit status is 1, and a \
            file beside the output lists them; its name ends in .failures.jsonl.

            The key comes from an environment variable (see --key-variable); the command never shows or stores it.
            """)

    @OptionGroup var pictures: PictureOptions

    @Option(help: "The generator of descriptions.")
    var generator: GeneratorKind

    @Option(help: ArgumentHelp("The model's name on the server.", valueName: "name"))
    var model: String?

    @Option(help: .file("The file to write, JSON lines."), transform: URL.argument)
    var output: URL

    @Flag(help: "Print the summary as JSON.")
    var json = false

    @OptionGroup var options: GeneratorOptions

    func validate() throws {
        guard pictures.isGiven else { throw ValidationError("give --images or --data") }
        try options.validate(generator, model: model, prefix: "")
        let folder = output.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw ValidationError("--output \(output.path): there is no folder \(folder); make it first")
        }
    }

    func run() throws { try run(with: options.generator(generator, model: model)) }

    private func run(with generator: some ContextGenerator) throws {
        guard let files = try pictures.files() else { return }
        let runner = try options.runner(generator)
        let (interrupt, display) = (Interrupt(), ProgressDisplay())
        let sources = files.files.map(\.source)
        let result = try waiting {
            defer { display.finish() }
            return try await runner.runAndClose(
                sources, shouldStop: { interrupt.wasAsked }, observe: { display.show($0) })
        }
        let report = ContextReport(result, files: files)
        for line in report.listing { Console.note(line) }
        if let ending = result.earlyEnding {
            Console.note(ending)
            throw result.wasInterrupted ? ExitCode(130) : .failure
        }
        try runner.write(result, of: files, to: output)
        if let list = try report.writeFailures(beside: output) {
            Console.note("the failures are in \(list.path(percentEncoded: false))")
        }
        if json { try Console.print(json: report) } else { try Console.print(report.summary(of: output)) }
        if !report.failures.isEmpty { throw ExitCode.failure }
    }
}
