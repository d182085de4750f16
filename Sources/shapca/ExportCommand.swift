import ArgumentParser
import Extraction
import Foundation

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model of adapters in its compact form.",
        discussion: """
            The compact folder has heads and adapters in 16-bit floats, names encoders, tokenizer and tagger by their \
            hashes where `make setup` fetches them, and lacks what only the alignment reads. It predicts as the model does, \
            up to the rounding, and `train --from` starts from it:

              shapca export --model runs/mine --output Models/mine
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: .folder("The compact folder, new or empty."), transform: URL.argument)
    var output: URL

    func run() throws {
        try Extractor.exportCompact(modelFolder: model.folder(), into: output)
        try Console.print(output.path(percentEncoded: false))
    }
}
