import ArgumentParser
import Contexts
import Foundation

struct ContextsPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove contexts from the cache.",
        discussion: "Removes the records that match all given options; give at least one.")

    @Option(help: ArgumentHelp("Only records of this recipe.", valueName: "name"))
    var recipe: String?

    @Option("Only records at least this old", in: 0...100_000, unit: "days")
    var olderThan: Double?

    @Flag(help: "Only the records of pictures that got no context.")
    var failures = false

    @Flag(help: "Remove everything.")
    var all = false

    @Flag(help: "Only count.")
    var dryRun = false

    @OptionGroup var options: CacheOptions

    func validate() throws {
        guard recipe != nil || olderThan != nil || failures || all else {
            throw ValidationError("say what to remove: --recipe, --older-than, --failures or --all")
        }
    }

    func run() throws {
        let cache = try options.open()
        let pruning = ContextCache.Pruning(
            recipe: try recipe.map { try cache.recipe(named: $0).id },
            before: olderThan.map { Date().timeIntervalSince1970 - 86_400 * $0 }, failuresOnly: failures)
        let removed = try cache.prune(pruning, dryRun: dryRun)
        let verb = dryRun ? "would be" : "were"
        try Console.print("\(removed.contexts) contexts and \(removed.failures) failures \(verb) removed")
    }
}
