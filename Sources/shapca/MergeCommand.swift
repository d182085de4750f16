import ArgumentParser
import Extraction
import Foundation

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make a model of adapters one that holds its encoders.",
        discussion: """
            A model that was trained with adapter.rank above 0 holds its adapters and its heads, and names its encoders. \
            The merged model predicts the same and needs no other folder:

              shapca merge runs/mine/model --output whole
            """)

    @Argument(help: "The model folder.", transform: URL.argument)
    var model: URL

    @Option(help: .folder("The folder of the merged model, new or empty."), transform: URL.argument)
    var output: URL

    func run() throws {
        try Extractor.mergeAdapters(ofModelFolder: model, into: output)
        try Console.print(output.path(percentEncoded: false))
    }
}
