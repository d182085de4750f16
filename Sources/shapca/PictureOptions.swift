import ArgumentParser
import Contexts
import Corpus
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

    /// The pictures; what was left out is said.
    func files() throws -> PictureFiles {
        let files: PictureFiles
        if let images {
            files = try PictureFiles(folder: images)
        } else if let data {
            files = PictureFiles(dataset: try Dataset.load(folder: data))
        } else {
            throw ValidationError("give --images or --data")
        }
        if files.otherFiles > 0 { Console.note("\(files.otherFiles) files are no pictures and are left out") }
        guard !files.files.isEmpty else { throw NoPictures(place: (images ?? data)?.relativePath ?? "") }
        return files
    }
}

private struct NoPictures: Error, CustomStringConvertible {
    let place: String

    var description: String { "\(place): no pictures here; check the path" }
}
