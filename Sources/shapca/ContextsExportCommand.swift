import ArgumentParser
import Contexts
import Corpus
import Foundation
import Vision

struct ContextsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write contexts of the cache to a file for --contexts.",
        discussion: """
            --recipe names one as `shapca contexts show` does; it may be left out where there is only one. Pictures are \
            called as they were when they were described, or as --images or --data call them now.
            """)

    @Option(help: ArgumentHelp("The recipe, by its name.", valueName: "name"))
    var recipe: String?

    @Option(help: ArgumentHelp("The file to write, JSON lines.", valueName: "file"), transform: URL.argument)
    var output: URL

    @OptionGroup var pictures: PictureOptions

    @OptionGroup var options: CacheOptions

    func run() throws {
        let cache = try options.open()
        let chosen = try RecipeChoice.one(recipe, of: cache.recipes())
        let writer = try JSONLinesWriter<ContextRecord>(output)
        try writer.write(.header(chosen.recipe.provenance))
        var count = 0
        if pictures.isGiven {
            let files = try pictures.files()
            for file in files.files {
                guard let bytes = try? file.source.read(limits: PictureLimits()),
                    let text = try cache.text(of: ContentHash(of: bytes), recipe: chosen.id)
                else { continue }
                try writer.write(.context(image: file.name, text))
                count += 1
            }
            let others = files.files.count - count
            if others > 0 { Console.note("\(others) pictures have no context of this recipe") }
        } else {
            var (last, repeated) = ("", 0)
            try cache.forEachEntry(recipe: chosen.id) { entry in
                guard entry.image != last else {
                    repeated += 1
                    return
                }
                last = entry.image
                try writer.write(.context(image: entry.image, entry.context))
                count += 1
            }
            if repeated > 0 {
                Console.note("\(repeated) contexts of other pictures of the same name are left out; give --images")
            }
        }
        try writer.finish()
        try Console.print("\(count) contexts are in \(output.path(percentEncoded: false))")
    }
}

/// A recipe as people name it.
enum RecipeChoice {
    /// The recipe whose name begins so; the only one where no name is given.
    static func one(_ name: String?, of recipes: [ContextCache.RecipeSummary]) throws -> ContextCache.RecipeSummary {
        let fitting = recipes.filter { name.map($0.recipe.key.hasPrefix) ?? true }
        guard fitting.count == 1 else { throw RecipeError(name: name, fitting: fitting.map(\.name)) }
        return fitting[0]
    }
}

private struct RecipeError: Error, CustomStringConvertible {
    let name: String?
    let fitting: [String]

    var description: String {
        let start = name.map { "recipe \($0.debugDescription)" } ?? "the cache"
        return fitting.isEmpty
            ? "\(start): nothing of the kind; `shapca contexts show` lists the recipes"
            : "\(start): \(fitting.count) recipes (\(fitting.joined(separator: ", "))); choose one with --recipe"
    }
}
