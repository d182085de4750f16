import ArgumentParser
import Contexts
import Foundation

struct ContextsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write contexts of the cache to a file for --contexts.",
        discussion: """
            --recipe names a recipe as `shapca contexts show` does; the only one needs no name. Pictures have the names \
            that they had when they were described, or that --images or --data give them now.
            """)

    @Option(help: ArgumentHelp("The recipe, by its name.", valueName: "name"))
    var recipe: String?

    @Option(help: ArgumentHelp("The file to write, JSON lines.", valueName: "file"), transform: URL.argument)
    var output: URL

    @OptionGroup var pictures: PictureOptions

    @OptionGroup var options: CacheOptions

    func run() throws {
        let cache = try options.open()
        let export = try cache.export(cache.recipe(named: recipe), of: pictures.files(), to: output)
        if let note = export.note { Console.note(note) }
        try Console.print("\(export.written) contexts are in \(output.path(percentEncoded: false))")
    }
}
