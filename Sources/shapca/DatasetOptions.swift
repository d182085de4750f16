import ArgumentParser
import Corpus
import Foundation

/// What may lie apart from a dataset: the contexts of its pictures, and the pictures.
struct DatasetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Contexts by picture, JSON lines {\"image\", \"context\"}.", valueName: "file"),
        transform: URL.argument)
    var contexts: URL?

    @Option(
        help: ArgumentHelp("The folder of the pictures, where they do not lie with the dataset.", valueName: "dir"),
        transform: URL.argument)
    var images: URL?

    var isGiven: Bool { contexts != nil || images != nil }

    /// A dataset with what lies apart from it.
    /// - Throws: `CorpusError`.
    func load(_ folder: URL, only: Set<Split>? = nil) throws -> Dataset {
        try Dataset.load(folder: folder, contexts: contexts, images: images, only: only)
    }
}
