import ArgumentParser
import Contexts
import Foundation
import Vision

struct ContextsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what is in the cache.",
        discussion: """
            Without a picture: every recipe (generator, model, prompt, settings) with its name, how many contexts it made, \
            the tokens and the mean time of an answer. With pictures: all their contexts.
            """)

    @Argument(help: "Pictures.", transform: URL.argument)
    var pictures: [URL] = []

    @Flag(help: "Show the pictures that were asked about in vain.")
    var failures = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: CacheOptions

    func validate() throws {
        if failures, !pictures.isEmpty { throw ValidationError("--failures goes without pictures") }
    }

    func run() throws {
        let cache = try options.open()
        if failures { return try show(failures: cache.failures()) }
        if pictures.isEmpty { return try show(recipes: cache.recipes()) }
        let entries = try pictures.flatMap { url in
            let (bytes, name) = (try PictureSource.file(url).read(limits: PictureLimits()), url.relativePath)
            let entries = try cache.entries(of: ContentHash(of: bytes))
            if entries.isEmpty { Console.note("\(name): no context in the cache") }
            return entries
        }
        if json { return try Console.print(json: entries) }
        for entry in entries {
            try Console.print("\(entry.image)  \(entry.recipe)  \(entry.model)  \(entry.seconds)\n\(entry.context)")
        }
    }

    private func show(recipes: [ContextCache.RecipeSummary]) throws {
        if json { return try Console.print(json: recipes) }
        if recipes.isEmpty { Console.note("the cache is empty") }
        for recipe in recipes {
            let (definition, settings) = (recipe.recipe, recipe.recipe.settings.sorted { $0.key < $1.key })
            try Console.print(
                "\(recipe.name)  \(definition.generator)  \(definition.model)  \(recipe.contexts) contexts  "
                    + "\(recipe.failures) failures  \(recipe.promptTokens) + \(recipe.completionTokens) tokens  "
                    + String(format: "%.2f s each", recipe.meanLatency))
            if !settings.isEmpty {
                try Console.print("  " + settings.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            }
            if let prompt = definition.prompt { try Console.print("  \(prompt)") }
        }
    }

    private func show(failures: [ContextCache.FailureEntry]) throws {
        if json { return try Console.print(json: failures) }
        for failure in failures {
            try Console.print(
                "\(failure.image)  \(failure.recipe)  \(failure.kind)  \(failure.reason) (\(failure.attempts) attempts)"
            )
        }
    }
}

extension ContextCache.Entry {
    fileprivate var seconds: String { String(format: "%.2f s", latency) }
}
