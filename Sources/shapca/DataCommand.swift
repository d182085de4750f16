import ArgumentParser
import Corpus
import Foundation

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, count or convert a dataset.",
        subcommands: [ValidateCommand.self, StatisticsCommand.self, ConvertCommand.self])

    /// What `validate` and `stats` look at.
    struct Source: ParsableArguments {
        @Argument(help: "A dataset's folder, or one file of it.", transform: URL.argument)
        var path: URL

        @OptionGroup var datasetOptions: DatasetOptions

        @Flag(help: "Print JSON.")
        var json = false

        func report(_ text: KeyPath<DatasetReport, String>) throws -> DatasetReport {
            let report = try DatasetDoctor.examine(path, contexts: datasetOptions.contexts, images: datasetOptions.images)
            if json { try Console.print(json: report) } else { try Console.print(report[keyPath: text]) }
            return report
        }
    }

    struct ValidateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "validate", abstract: "Check a dataset.",
            discussion: """
                Names format errors by file and line, counts illegal BIO tags, empty posts, missing pictures and contexts, and \
                finds posts that occur in several splits. The exit status is 1 when there are errors; warnings leave it at 0.
                """)

        @OptionGroup var source: Source

        func run() throws {
            let status = try source.report(\.validation).exitStatus
            if status != 0 { throw ExitCode(status) }
        }
    }

    struct StatisticsCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Count posts, entities, lengths and types; say which published dataset it is.")

        @OptionGroup var source: Source

        func run() throws { _ = try source.report(\.statistics) }
    }

    struct ConvertCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "convert", abstract: "Write a dataset of any layout as JSON lines.",
            discussion: """
                Writes train.jsonl, valid.jsonl and test.jsonl, as far as the dataset has them, with the contexts of --contexts:

                  shapca data convert mnre --contexts contexts.jsonl --output mnre-lines

                Pictures stay where they are: give their folder as --images to whatever reads the new files.
                """)

        @Argument(help: "A dataset's folder, or one file of it.", transform: URL.argument)
        var path: URL

        @Option(
            help: ArgumentHelp("Contexts by picture, JSON lines {\"image\", \"context\"}.", valueName: "file"),
            transform: URL.argument)
        var contexts: URL?

        @Option(help: ArgumentHelp("The folder of the JSON lines.", valueName: "dir"), transform: URL.argument)
        var output: URL

        func run() throws {
            guard !Dataset.exists(at: output) else {
                throw ValidationError("--output: \(output.path) holds a dataset; name another folder")
            }
            let dataset = try Dataset.load(folder: path, contexts: contexts)
            for note in dataset.findings.notes { Console.note(note) }
            for written in try dataset.writeJSONLines(to: output) {
                try Console.print("\(written.file.path(percentEncoded: false)): \(written.posts) posts")
            }
        }
    }
}
