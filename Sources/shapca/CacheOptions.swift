import ArgumentParser
import Contexts
import Extraction
import Foundation

/// Where contexts are kept.
struct CacheOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The cache of contexts; one for all when not given.", valueName: "file"),
        transform: URL.argument)
    var cache: URL?

    func open() throws -> ContextCache { try ContextCache(cache ?? FetchedModels.contexts) }
}
