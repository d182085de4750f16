import ArgumentParser
import Corpus
import Extraction
import Foundation
import Reporting
import Torch
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model.",
        discussion: """
            CONFIG is a YAML file. `Configurations/` has one for each experiment of the paper, and \
            `Configurations/minilm/` the same for the encoders of `make setup`. --set training.seed=2 overrides one key.

            The run's folder has config.yaml, metrics.jsonl (every loss), environment.json, the last state and model/, \
            the model with the best validation F1. The command saves the run after every epoch and on Ctrl-C; --resume \
            continues it with the same numbers.
            """)

    @Argument(help: "The configuration, a YAML file.", transform: URL.argument)
    var config: URL

    @Option(
        help: .folder("The dataset's folder, with its train and valid splits; replaces the list `data` of CONFIG."),
        transform: URL.argument)
    var data: URL?

    @OptionGroup var datasetOptions: DatasetOptions

    @Option(help: .folder("The run's folder; runs/NAME of the configuration when not given."), transform: URL.argument)
    var output: URL?

    @Option(name: .customLong("set"), help: ArgumentHelp("Override a setting.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(
        help: ArgumentHelp(
            "Start from the weights of a model, by name or folder; its structure is the default of CONFIG.",
            valueName: "name|dir"))
    var from: String?

    @Flag(help: "Continue the run in the output folder.")
    var resume = false

    @Flag(help: "Print the number of parameters of each part of the model, and train nothing; --data is not needed.")
    var describe = false

    @OptionGroup var deviceOptions: DeviceOptions

    func validate() throws {
        if from != nil, resume {
            throw ValidationError("--resume continues with the run's own weights; leave out --from")
        }
        if from != nil, describe { throw ValidationError("--describe trains nothing; leave out --from") }
    }

    func run() throws {
        let output = output ?? URL(filePath: "runs").appending(path: config.deletingPathExtension().lastPathComponent)
        let start = try from.map { try StartingModel(modelFolder: ModelNames().folder(of: $0), name: $0) }
        let base =
            try resume
            ? RunFolder(url: output).startedDefaults() : start.map { TrainingConfiguration(startingFrom: $0) }
        var configuration = try TrainingConfiguration(contentsOf: config, onto: base ?? TrainingConfiguration())
        try configuration.apply(overrides: overrides)
        if let data { configuration.data = try datasetOptions.list(in: data) ?? [] }
        if describe {
            let labels = try dataset(configuration)?.labels(of: .train)
            return try Console.print("\(ModelDescription(configuration, labels: labels))")
        }
        let device = try deviceOptions.prepare()
        guard let dataset = try dataset(configuration) else {
            throw ValidationError("Missing expected argument '--data <folder>'; CONFIG has no list data either")
        }
        let session = try TrainingSession(
            configuration, dataset: dataset, contexts: datasetOptions.contexts, output: output, device: device,
            start: start, resuming: resume, card: { ModelCard($0).markdown })
        for note in session.notes { Console.note(note) }
        let (interrupt, display) = (Interrupt(), ProgressDisplay())
        do {
            let outcome = try session.run(shouldStop: { interrupt.wasAsked }, observe: { display.show($0) })
            let f1 = String(format: "%.2f", 100 * outcome.best.f1)
            try Console.print(
                "best validation F1 \(f1) after epoch \(outcome.best.epoch + 1) of \(outcome.epochs); "
                    + "the model is \(session.folder.model.path(percentEncoded: false))")
        } catch let error as RunError {
            display.finish()
            guard case .interrupted = error else { throw error }
            Console.note("\(error)")
            throw ExitCode(130)
        }
    }

    /// The data to train on; nil where neither the command line nor the configuration names any.
    private func dataset(_ configuration: TrainingConfiguration) throws -> Dataset? {
        guard configuration.data.isEmpty else {
            try datasetOptions.checkAgainstList()
            return try Dataset.load(configuration.data)
        }
        return try data.map { try datasetOptions.load($0) }
    }
}
