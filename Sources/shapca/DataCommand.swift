import ArgumentParser
import Corpus
import Extraction
import Foundation

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, count or convert a dataset.",
        subcommands: [ValidateCommand.self, StatisticsCommand.self, ConvertCommand.self])

    /// The dataset that `validate` and `stats` examine.
    struct Source: ParsableArguments {
        @Argument(help: "A dataset's folder, or one file of it.", transform: URL.argument)
        var path: URL

        @OptionGroup var datasetOptions: DatasetOptions

        @Flag(help: "Print JSON.")
        var json = false

        func report(_ text: KeyPath<DatasetReport, String>) throws -> DatasetReport {
            let report = try DatasetDoctor.examine(
                path, contexts: datasetOptions.contexts, images: datasetOptions.images,
                wordsCut: PostWords.wordsCut)
            if json { try Console.print(json: report) } else { try Console.print(report[keyPath: text]) }
            return report
        }
    }

    struct ValidateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "validate", abstract: "Check a dataset.",
            discussion: """
                Names format errors by file and line, counts illegal BIO tags, empty posts, missing pictures and \
                contexts, and finds posts that occur in several splits. Errors make the exit status 1; warnings do not.
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
                Writes train.jsonl, valid.jsonl and test.jsonl, for each split of the dataset, with the given contexts:

                  shapca data convert mnre --contexts contexts.jsonl --output mnre-lines

                It does not copy pictures: give their folder as --images to commands that read the new files.
                """)

        @Argument(help: "A dataset's folder, or one file of it.", transform: URL.argument)
        var path: URL

        @Option(help: .file("Contexts by picture, JSON lines {\"image\", \"context\"}."), transform: URL.argument)
        var contexts: URL?

        @Option(help: .folder("The folder of the JSON lines."), transform: URL.argument)
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
