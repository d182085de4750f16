import ArgumentParser
import Foundation
import Training

struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run a table or figure of the paper again, or a study of what it leaves open.",
        discussion: """
            Plans the runs of a table, trains and tests one model after the other, and writes results.json, results.md and \
            results.html, with the protocol beside every number, and the same under the table's name; the curves of figure3 \
            and estimators are TABLE-DATASET.svg as well. Finished runs are skipped, a killed one goes on from its last \
            epoch, and one that fails does not end the others.

              shapca reproduce table1 --data DIR --datasets twitter2017 --seeds 1 --output reproduction
              shapca reproduce table1 --data DIR --dry-run

            --data has a folder for each dataset (twitter2015, twitter2017, mnre, jmere) with contexts.NAME.jsonl files. A \
            dataset of your own is another folder there, with a file of the same name in --configurations:

              shapca reproduce table1 --data DIR --datasets mydata --configurations Configurations
            """)

    @Argument(help: "A table or figure; alignment and estimators are studies beside them.")
    var table: PaperTable

    @Option(help: ArgumentHelp("The folder of the datasets.", valueName: "dir"), transform: URL.argument)
    var data: URL

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Folders of --data; all datasets that the table shows when not given.", valueName: "folder"))
    var datasets: [Benchmark] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only the rows whose names have one of these texts in them.", valueName: "text"))
    var rows: [String] = []

    @Option(help: "How many seeds, from 1 on.")
    var seeds = 3

    @Option(help: ArgumentHelp("The text encoder, a name or a Hugging Face folder.", valueName: "encoder"))
    var encoder: String?

    @Option(
        help: ArgumentHelp(
            "Whose contexts to read, as in contexts.NAME.jsonl; llava, llava-next or blip2 when not given.",
            valueName: "name"))
    var contexts: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("A setting of every run.", valueName: "key=value"))
    var settings: [String] = []

    @Option(
        help: ArgumentHelp("The folder of the configuration files; Configurations when not given.", valueName: "dir"),
        transform: URL.argument)
    var configurations = URL(filePath: "Configurations")

    @Option(
        help: ArgumentHelp("The folder of runs and results; reproduction when not given.", valueName: "dir"),
        transform: URL.argument)
    var output = URL(filePath: "reproduction")

    @Flag(help: "Print the runs with the hours they would take; a few steps of each row that never ran are timed.")
    var dryRun = false

    @Flag(help: "Write the table of the finished runs, and run nothing.")
    var tabulate = false

    @OptionGroup var device: DeviceOptions

    func validate() throws {
        if seeds < 1 { throw ValidationError("--seeds must be at least 1") }
        if dryRun, tabulate { throw ValidationError("give either --dry-run or --tabulate") }
    }

    func run() throws {
        let plan = try ReproductionPlan(
            ReproductionPlan.Request(
                table: table, data: data, configurations: configurations,
                benchmarks: datasets.isEmpty ? nil : datasets, rows: rows, seeds: seeds, generator: contexts,
                settings: (encoder.map { ["text.encoder=\($0)"] } ?? []) + settings))
        let reproduction = Reproduction(plan, output: output, device: try device.prepare())
        for note in plan.notes { Console.note(note) }
        if dryRun { return try printPlan(plan, reproduction) }
        if tabulate { return try writeTable(plan, reproduction) }
        let interrupt = Interrupt()
        let display = ProgressDisplay()
        do {
            let failures = try reproduction.run(
                shouldStop: { interrupt.wasAsked }, observe: { show($0, display) })
            try writeTable(plan, reproduction, failures: failures)
            guard failures.isEmpty else {
                Console.note("\(failures.count) of \(plan.runs.count) runs failed")
                throw ExitCode.failure
            }
        } catch let error as RunError {
            display.finish()
            guard case .interrupted = error else { throw error }
            try writeTable(plan, reproduction)
            Console.note("stopped; the same command goes on from here")
            throw ExitCode(130)
        }
    }

    private func writeTable(
        _ plan: ReproductionPlan, _ reproduction: Reproduction,
        failures: [(run: ReproductionPlan.Run, reason: String)] = []
    ) throws {
        let reasons = Dictionary(failures.map { ($0.run.path, $0.reason) }) { first, _ in first }
        let results = ResultTable(plan, results: try reproduction.results(), failures: reasons)
        try results.write(to: output, named: "\(table)")
        try Console.print(results.markdown)
    }

    private func printPlan(_ plan: ReproductionPlan, _ reproduction: Reproduction) throws {
        var (count, total) = (0, 0.0)
        try reproduction.estimateSeconds { run, seconds in
            try Console.print(String(format: "%6.2f h  ", seconds / 3600) + run.title)
            count += 1
            total += seconds
        }
        try Console.print(
            String(format: "%6.2f h  ", total / 3600)
                + "for \(count) runs if none stops early; \(plan.runs.count - count) of \(plan.runs.count) are finished"
        )
    }

    private func show(_ event: Reproduction.Event, _ display: ProgressDisplay) {
        switch event {
        case .started(let run, let index, let count): Console.note("[\(index + 1)/\(count)] \(run.title)")
        case .skipped(let run): Console.note("finished before: \(run.title)")
        case .note(let text): Console.note("  \(text)")
        case .training(let event): display.show(event)
        case .finished(let result):
            let scores = Measure.allCases.compactMap { measure in
                result.measures[measure].map { "\(measure.rawValue) " + String(format: "%.2f", 100 * $0.score.f1) }
            }
            Console.note("  test F1: \(scores.joined(separator: ", "))")
        case .failed(let run, let reason): Console.note("failed: \(run.title): \(reason)")
        }
    }
}

extension PaperTable: ExpressibleByArgument {}

extension Benchmark: ExpressibleByArgument {
    public init?(argument: String) {
        guard !argument.isEmpty, !argument.contains("/"), !argument.hasPrefix(".") else { return nil }
        self.init(rawValue: argument)
    }
}
