import ArgumentParser
import Contexts
import Foundation

struct ContextsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the contents of the cache.",
        discussion: """
            Without a picture it lists every recipe (generator, model, prompt, settings) with its name, its number of \
            contexts, their tokens and the mean time of an answer. With pictures it shows all their contexts.
            """)

    @Argument(help: "Pictures whose contexts to show.", transform: URL.argument)
    var pictures: [URL] = []

    @Flag(help: "Show the pictures that got no context.")
    var failures = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: CacheOptions

    func validate() throws {
        if failures, !pictures.isEmpty { throw ValidationError("--failures takes no pictures") }
    }

    func run() throws {
        let cache = try options.open()
        if failures { return try show(cache.failures()) }
        guard pictures.isEmpty else { return try show(pictures.flatMap { try entries(of: $0, in: cache) }) }
        let recipes = try cache.recipes()
        if recipes.isEmpty, !json { Console.note("the cache is empty") }
        try show(recipes)
    }

    private func entries(of picture: URL, in cache: ContextCache) throws -> [ContextCache.Entry] {
        let entries = try cache.entries(ofPictureAt: picture)
        if entries.isEmpty { Console.note("\(picture.relativePath): no context in the cache") }
        return entries
    }

    private func show(_ items: [some Encodable & CustomStringConvertible]) throws {
        if json { return try Console.print(json: items) }
        for item in items { try Console.print(item.description) }
    }
}
