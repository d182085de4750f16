import ArgumentParser
import Contexts
import Foundation

struct ContextsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write contexts of the cache to a file for --contexts.",
        discussion: """
            `shapca contexts show` lists the recipes for --recipe; a single one needs no name. Pictures keep the names \
            from their description, unless --images or --data name them.
            """)

    @Option(help: ArgumentHelp("The name of the recipe.", valueName: "name"))
    var recipe: String?

    @Option(help: .file("The file to write, JSON lines."), transform: URL.argument)
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
