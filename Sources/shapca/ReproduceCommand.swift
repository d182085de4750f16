import ArgumentParser
import Foundation
import Reproduction
import Training

struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run a table or figure of the paper again, or a study of what it leaves open.",
        discussion: """
            The command trains and tests the models of a table, one after the other, and writes results.json, results.md and \
            results.html, with the protocol beside every number, and the same under the table's name; the curves of figure3 \
            and estimators are TABLE-DATASET.svg as well. It skips finished runs, which are a line each of \
            runs/DATASET.jsonl, and continues a killed one from its last epoch; one that fails does not end the others.

              shapca reproduce table1 --data DIR --datasets twitter2017 --seeds 1 --output reproduction
              shapca reproduce table1 --data DIR --dry-run

            --data has a folder for each dataset (twitter2015, twitter2017, mnre, jmere) with contexts.NAME.jsonl files. A \
            dataset of your own is another folder there, with a file of the same name in --configurations:

              shapca reproduce table1 --data DIR --datasets mydata --configurations Configurations
            """)

    @Argument(
        help: """
            A table or figure; alignment, encoders, estimators and pictures are studies beside them. table4 counts \
            parameters, and needs no --data.
            """)
    var table: Table

    @Option(help: ArgumentHelp("The folder of the datasets.", valueName: "dir"), transform: URL.argument)
    var data: URL?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Folders of --data; all datasets that the table shows when not given.", valueName: "folder"))
    var datasets: [StudyDataset] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Only rows whose names contain one of these texts, or the row of that name.", valueName: "text"))
    var rows: [String] = []

    @Option(
        help: ArgumentHelp(
            "The number of seeds, to 10000, or the first and last, as in 11-20; 3 when not given.", valueName: "seeds"),
        transform: ReproductionPlan.Request.seeds)
    var seeds = 1...3

    @Option(help: ArgumentHelp("The text encoder, a name or a Hugging Face folder.", valueName: "encoder"))
    var encoder: String?

    @Option(
        help: ArgumentHelp(
            "Whose contexts to read, as in contexts.NAME.jsonl; llava, llava-next or blip2 when not given.",
            valueName: "name"))
    var contexts: String?

    @Option(
        help: ArgumentHelp(
            "The folder with a folder for each dataset that has its contexts.NAME.jsonl; --data when not given.",
            valueName: "dir"), transform: URL.argument)
    var contextFolder: URL?

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
        if dryRun, tabulate { throw ValidationError("give either --dry-run or --tabulate") }
        if data == nil, case .experiment = table { throw ValidationError("Missing expected argument '--data <dir>'") }
    }

    func run() throws {
        guard case .experiment(let table) = table, let data else {
            return try Console.print(
                ParameterTable(configurations: configurations, settings: overrides).write(to: output).markdown)
        }
        let plan = try ReproductionPlan(
            ReproductionPlan.Request(
                table, data: data, configurations: configurations, datasets: datasets.isEmpty ? nil : datasets,
                rows: rows, seeds: seeds, generator: contexts, settings: overrides, contextFolder: contextFolder))
        let reproduction = Reproduction(plan, output: output, device: try device.prepare())
        for note in plan.notes { Console.note(note) }
        if dryRun { return try Console.print("\(reproduction.estimate { try Console.print("\($0)") })") }
        if tabulate { return try Console.print(reproduction.writeTable().markdown) }
        let interrupt = Interrupt()
        let display = ProgressDisplay()
        do {
            let failures = try reproduction.run(
                shouldStop: { interrupt.wasAsked },
                observe: { event in
                    if case .training(let event) = event { display.show(event) }
                    if let line = event.line { Console.note(line) }
                })
            try Console.print(reproduction.writeTable(failures: failures).markdown)
            guard failures.isEmpty else {
                Console.note("\(failures.count) of \(plan.runs.count) runs failed")
                throw ExitCode.failure
            }
        } catch RunError.interrupted {
            display.finish()
            try Console.print(reproduction.writeTable().markdown)
            Console.note("stopped; the same command continues from here")
            throw ExitCode(130)
        }
    }
}

extension ReproduceCommand {
    /// The settings of every run.
    private var overrides: [String] { (encoder.map { ["text.encoder=\($0)"] } ?? []) + settings }

    /// What is reproduced: by training, or by counting.
    enum Table: ExpressibleByArgument {
        case experiment(Experiment)
        case table4

        init?(argument: String) {
            if argument == "table4" {
                self = .table4
            } else if let experiment = Experiment(rawValue: argument) {
                self = .experiment(experiment)
            } else {
                return nil
            }
        }

        static var allValueStrings: [String] { (Experiment.allCases.map(\.rawValue) + ["table4"]).sorted() }
    }
}

extension StudyDataset: ExpressibleByArgument {
    public init?(argument: String) {
        guard !argument.isEmpty, !argument.contains("/"), !argument.hasPrefix(".") else { return nil }
        self.init(rawValue: argument)
    }
}
