import ArgumentParser
import Contexts
import Foundation

/// The pictures that a command is about.
struct PictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A folder of pictures.", valueName: "dir"), transform: URL.argument)
    var images: URL?

    @Option(help: ArgumentHelp("A dataset, for the pictures of its posts.", valueName: "dir"), transform: URL.argument)
    var data: URL?

    var isGiven: Bool { images != nil || data != nil }

    func validate() throws {
        if images != nil, data != nil { throw ValidationError("give either --images or --data") }
    }

    /// The pictures, if any are named; what is left out is said.
    func files() throws -> PictureFiles? {
        let files = try PictureFiles.find(in: images, orOfDataset: data)
        if let others = files?.otherFiles, others > 0 {
            Console.note("\(others) files are no pictures and are left out")
        }
        return files
    }
}
