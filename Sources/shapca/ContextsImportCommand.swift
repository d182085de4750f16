import ArgumentParser
import Contexts
import Corpus
import Foundation

struct ContextsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import a file of captions.",
        discussion: """
            Reads JSON lines, a JSON map or array, CSV, `name :caption` lines, and one Python dictionary a line. With \
            --images or --data the cache stores the captions of these pictures; with --output all captions go to a \
            file for --contexts. The command counts captions without a picture, pictures without a caption and further \
            captions of a picture. The exit status is 1 when lines cannot be read.
            """)

    @Argument(help: "The file of captions.", transform: URL.argument)
    var file: URL

    @Option(help: "The format of the file; detected when not given.")
    var format: CaptionFormat?

    @Option(help: ArgumentHelp("The captions' author, for the record; the file's name by default.", valueName: "name"))
    var model: String?

    @Option(help: .file("A file to write, JSON lines."), transform: URL.argument)
    var output: URL?

    @OptionGroup var pictures: PictureOptions

    @OptionGroup var options: CacheOptions

    func validate() throws {
        guard pictures.isGiven || output != nil else { throw ValidationError("give --images, --data or --output") }
        try output?.checkIsNotInput(file, named: "captions")
    }

    func run() throws {
        let captions = try CaptionCollection(CaptionFile(file, format: format)) { Console.note("\($0)") }
        let recipe = ContextRecipe(
            generator: "imported", model: model ?? file.unpacked.deletingPathExtension().lastPathComponent)
        if let output { try write(captions, as: recipe, to: output) }
        if let files = try pictures.files() { try store(captions, of: files, as: recipe) }
        for note in captions.notes { Console.note(note) }
        if captions.unreadable > 0 { throw ExitCode.failure }
    }

    private func write(_ captions: CaptionCollection, as recipe: ContextRecipe, to output: URL) throws {
        try captions.write(as: recipe, to: output)
        try Console.print("\(captions.all.count) captions are in \(output.path(percentEncoded: false))")
        let bare = captions.namesWithoutExtension
        if bare > 0 { Console.note("\(bare) captions name a picture without its extension, which --contexts needs") }
    }

    private func store(_ captions: CaptionCollection, of files: PictureFiles, as recipe: ContextRecipe) throws {
        let result = try CaptionImport(captions, of: files, as: recipe, in: options.open()) { Console.note("\($0)") }
        try Console.print(
            "\(result.stored) captions are stored as recipe \(recipe.shortKey), \(result.known) were stored before")
        for note in result.notes { Console.note(note) }
    }
}

extension CaptionFormat: ExpressibleByArgument {}
