import ArgumentParser
import Corpus
import Foundation
import Reporting
import Support
import Training

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show a run as one self-contained page.",
        discussion: """
            The page has the learning curves. With --data it also has scores by type with intervals, confusions, the \
            worst mistakes, the Shapley values of a batch, and the attention of words to the picture of one post: \
            --post, or the first with a found entity.

              shapca report runs/mine --data mydata --contexts contexts.jsonl --split test --post 17
            """)

    @Argument(help: "The run's folder.", transform: URL.argument)
    var folder: URL

    @Option(help: .folder("The dataset's folder."), transform: URL.argument)
    var data: URL?

    @Option(help: "The split to examine.")
    var split = Split.valid

    @Option(help: ArgumentHelp("The post whose attention to show.", valueName: "id"))
    var post: String?

    @OptionGroup var datasetOptions: DatasetOptions

    @Option(help: .file("The page; report.html of the run when not given."), transform: URL.argument)
    var output: URL?

    func validate() throws {
        if datasetOptions.isGiven || post != nil, data == nil {
            throw ValidationError("--contexts, --images and --post need --data")
        }
    }

    func run() throws {
        let dataset = try data.map { try datasetOptions.load($0, only: [split]) }
        for note in dataset?.findings.notes ?? [] { Console.note(note) }
        let page = try RunReport(run: folder, dataset: dataset, split: split, post: post).html()
        let file = output ?? folder.appending(path: "report.html")
        try RunFolder.write(Data(page.utf8), to: file)
        try Console.print(file.path(percentEncoded: false))
    }
}
