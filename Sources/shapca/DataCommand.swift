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
        @Argument(
            help: "A dataset's folder, one file of it, or a configuration that lists data sets.",
            transform: URL.argument)
        var path: URL

        @OptionGroup var datasetOptions: DatasetOptions

        @Flag(help: "Print JSON.")
        var json = false

        /// Prints what was found.
        /// - Returns: the exit status that says whether the data can be used.
        func report(
            _ text: KeyPath<DatasetReport, String>, ofList: KeyPath<DataListReport, String>
        ) throws -> Int32 {
            if let sources = try datasetOptions.list(in: path) {
                let report = try DataListReport(examining: sources, wordsCut: PostWords.wordsCut)
                try print(report, report[keyPath: ofList])
                return report.exitStatus
            }
            let report = try DatasetDoctor.examine(
                path, contexts: datasetOptions.contexts, images: datasetOptions.images,
                wordsCut: PostWords.wordsCut)
            try print(report, report[keyPath: text])
            return report.exitStatus
        }

        private func print(_ report: some Encodable, _ text: String) throws {
            if json { try Console.print(json: report) } else { try Console.print(text) }
        }
    }

    struct ValidateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "validate", abstract: "Check a dataset.",
            discussion: """
                Names format errors by file and line, counts illegal BIO tags, empty posts, missing pictures and \
                contexts, and finds posts that occur in several splits. Errors make the exit status 1; warnings do not.

                Of a list, it also checks that each entry's map and types name the types of its data set, and finds texts \
                to learn from that another data set has in its valid or test split.
                """)

        @OptionGroup var source: Source

        func run() throws {
            let status = try source.report(\.validation, ofList: \.validation)
            if status != 0 { throw ExitCode(status) }
        }
    }

    struct StatisticsCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Count posts, entities, lengths and types; say which published dataset it is.")

        @OptionGroup var source: Source

        func run() throws { _ = try source.report(\.statistics, ofList: \.statistics) }
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
