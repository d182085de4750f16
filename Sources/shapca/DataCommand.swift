import ArgumentParser
import Corpus
import Foundation

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Look into a dataset.",
        subcommands: [ValidateCommand.self, StatisticsCommand.self])

    /// What both subcommands look at.
    struct Source: ParsableArguments {
        @Argument(help: "A dataset's folder, or one file of it.", transform: URL.argument)
        var path: URL

        @OptionGroup var companions: DatasetOptions

        @Flag(help: "Print JSON.")
        var json = false

        func report(_ text: KeyPath<DatasetReport, String>) throws -> DatasetReport {
            let report = try DatasetDoctor.examine(path, contexts: companions.contexts, images: companions.images)
            if json { try Console.print(json: report) } else { try Console.print(report[keyPath: text]) }
            return report
        }
    }

    struct ValidateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "validate", abstract: "Check a dataset.",
            discussion: """
                Names format errors by file and line, counts illegal BIO tags, empty posts, missing pictures and contexts, and \
                finds posts that stand in several splits. The exit status is 1 when there are errors; warnings leave it at 0.
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
}
