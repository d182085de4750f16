import Contexts
import Foundation
import GRDB
import TestSupport
import Testing
import Vision

@Suite("The cache of contexts")
struct CacheTests {
    private func recipe(_ model: String) -> ContextRecipe {
        ContextRecipe(generator: "openai", model: model, prompt: "?", settings: ["temperature": "1.0"])
    }

    /// Changes a cache as another program may.
    private func change(_ cache: ContextCache, _ sql: String) throws {
        try DatabaseQueue(path: cache.url.path).write { try $0.execute(sql: sql) }
    }

    private func hash(_ number: Int) -> ContentHash { ContentHash(of: Data("picture \(number)".utf8)) }

    @Test("What was stored is there after the file is opened again, and the first answer stays")
    func durability() throws {
        let bench = try Workbench()
        let identifier = try bench.cache.identifier(of: recipe("a"))
        let first = GeneratedContext(
            text: "first", servedModel: "m", promptTokens: 2, completionTokens: 3, latency: 0.5)
        #expect(
            try bench.cache.store(
                first, of: hash(1), name: "1.jpg", recipe: identifier, endpoint: "http://h", attempts: 2))
        let second = GeneratedContext(text: "second", latency: 1)
        #expect(try !bench.cache.store(second, of: hash(1), name: "1.jpg", recipe: identifier))
        let again = try ContextCache(bench.cache.url)
        #expect(try again.identifier(of: recipe("a")) == identifier)
        #expect(try again.text(of: hash(1), recipe: identifier) == "first")
        #expect(try again.text(of: hash(2), recipe: identifier) == nil)
        let entry = try #require(try again.entries(of: hash(1)).first)
        #expect(entry.attempts == 2 && entry.endpoint == "http://h" && entry.latency == 0.5 && entry.promptTokens == 2)
    }

    @Test("A file that many open at once is made once")
    func manyOpenAtOnce() async throws {
        let scratch = try TemporaryFolder()
        for round in 0..<20 {
            let recipe = recipe("a")
            let identifiers = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<8 {
                    group.addTask { try ContextCache(scratch["\(round).sqlite"]).identifier(of: recipe) }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(identifiers.count == 1)
        }
    }

    @Test("Recipes that differ in anything are told apart, also where their parts run together")
    func keys() {
        let recipes = [
            recipe("a"), recipe("b"), ContextRecipe(generator: "openai", model: "a"),
            ContextRecipe(generator: "openai", model: "a", prompt: ""),
            ContextRecipe(generator: "openai", model: "a", prompt: "?", settings: ["temperature": "1.01"]),
            ContextRecipe(generator: "open", model: "aia", prompt: "?", settings: ["temperature": "1.0"]),
            ContextRecipe(generator: "openai", model: "a", prompt: "?", settings: ["temperature1.0": ""]),
        ]
        #expect(Set(recipes.map(\.key)).count == recipes.count)
        #expect(recipe("a").key == recipe("a").key)
    }

    @Test("Many tasks over two connections lose nothing")
    func twoConnections() async throws {
        let bench = try Workbench()
        let caches = [bench.cache, try ContextCache(bench.cache.url)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let cache = caches[number % 2]
                    let identifier = try cache.identifier(of: recipe("\(number % 3)"))
                    let context = GeneratedContext(text: "text \(number)", latency: 1)
                    try cache.store(context, of: hash(number), name: "\(number).jpg", recipe: identifier)
                }
            }
            try await group.waitForAll()
        }
        #expect(try caches[0].recipes().map(\.contexts).reduce(0, +) == 200)
        #expect(try caches[1].recipes().count == 3)
    }

    @Test("Pruning removes what fits all conditions, and counts without removing when asked")
    func pruning() throws {
        let bench = try Workbench()
        for number in 0..<6 {
            let identifier = try bench.cache.identifier(of: recipe("\(number % 2)"))
            let context = GeneratedContext(text: "text", latency: 1)
            try bench.cache.store(context, of: hash(number), name: "\(number).jpg", recipe: identifier)
        }
        let first = try bench.cache.recipes()[0].id
        let future = Date().timeIntervalSince1970 + 1000
        #expect(try bench.cache.prune(.init(before: future - 2000)).contexts == 0)
        #expect(try bench.cache.prune(.init(recipe: first, failuresOnly: true)).contexts == 0)
        #expect(try bench.cache.prune(.init(recipe: first, before: future), dryRun: true).contexts == 3)
        #expect(try bench.cache.recipes().map(\.contexts) == [3, 3])
        #expect(try bench.cache.prune(.init(recipe: first, before: future)).contexts == 3)
        #expect(try bench.cache.recipes().map(\.contexts) == [3])
        #expect(try bench.cache.prune(.init()).contexts == 3)
        #expect(try bench.cache.recipes().isEmpty)
    }

    @Test("A cache with any number or text in it is read, or its record named")
    func poisoned() throws {
        let bench = try Workbench()
        let identifier = try bench.cache.identifier(of: recipe("a"))
        for (number, tokens) in [Int.max, Int.max, -7, .min].enumerated() {
            let context = GeneratedContext(
                text: "text", promptTokens: tokens, completionTokens: tokens, latency: .greatestFiniteMagnitude)
            try bench.cache.store(context, of: hash(number), name: "\(number).jpg", recipe: identifier)
        }
        let summary = try #require(try bench.cache.recipes().first)
        #expect(summary.contexts == 4 && summary.promptTokens == .max && summary.completionTokens == .max)
        #expect(!summary.description.isEmpty)
        #expect(throws: Never.self) { try JSONEncoder().encode(summary) }
        #expect(try bench.cache.entries(of: hash(0)).first?.promptTokens == .max)
        #expect(try bench.cache.entries(of: hash(2)).first?.promptTokens == 0)
        try change(bench.cache, "UPDATE context SET promptTokens = 'many', completionTokens = 1e300, attempts = 'x'")
        let again = try #require(try bench.cache.recipes().first)
        #expect(again.promptTokens == 0 && again.completionTokens == .max)
        #expect(try bench.cache.entries(of: hash(1)).first?.promptTokens == nil)
        try change(bench.cache, "UPDATE context SET latency = 'long'")
        let error = #expect(throws: ContextCacheError.self) { try bench.cache.entries(of: hash(1)) }
        #expect(error?.description.contains("a record is malformed in column latency") == true)
        try change(bench.cache, "UPDATE recipe SET definition = '{'")
        let other = #expect(throws: ContextCacheError.self) { try bench.cache.recipes() }
        #expect(other?.description.contains("a record is malformed") == true)
        // Without a key, rows have no numbers.
        try change(bench.cache, "DROP TABLE recipe; CREATE TABLE recipe (id, key, definition)")
        let second = #expect(throws: ContextCacheError.self) { try bench.cache.identifier(of: recipe("b")) }
        #expect(second?.description.contains("a record is malformed in column id") == true)
        try change(bench.cache, "ALTER TABLE context RENAME TO contexts")
        let third = #expect(throws: ContextCacheError.self) { try bench.cache.recipes() }
        #expect(third?.description.contains("its tables are not those of a cache of contexts") == true)
    }

    @Test("A file that is no cache, or a place that takes none, is named with what to do")
    func badFiles() throws {
        let scratch = try TemporaryFolder()
        let text = try scratch.write(String(repeating: "this is no database\n", count: 100), to: "text.sqlite")
        for place in [text, text.appending(path: "below/a.sqlite"), scratch.url] {
            do {
                _ = try ContextCache(place)
                Issue.record("\(place.path) was taken for a cache")
            } catch let error as ContextCacheError {
                #expect(error.description.hasPrefix(place.path) && error.description.contains("--cache"), "\(error)")
                for words in ["database", "disk I/O", "Error", "SQLite", "operation"] {
                    #expect(!error.description.dropFirst(place.path.count).contains(words), "\(error)")
                }
            }
        }
        #expect(try String(contentsOf: text, encoding: .utf8).hasPrefix("this is no database"))
    }
}
