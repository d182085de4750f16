import Foundation
import GRDB
import Support
import Vision

extension ContextCache {
    /// One recipe of the cache with its counts.
    package struct RecipeSummary: Sendable, Encodable {
        /// The number in the file.
        package let id: Int64
        /// The first digits of the recipe's key, by which it is named.
        package let name: String
        package let recipe: ContextRecipe
        package let contexts: Int
        package let failures: Int
        package let promptTokens: Int
        package let completionTokens: Int
        /// Mean seconds of an answer.
        package let meanLatency: Double
        /// The time of the last stored context, in seconds since 1970; nil without any.
        package let lastStored: Double?
    }

    /// A context with all that is known of it.
    package struct Entry: Sendable, Encodable {
        package let image: String
        package let context: String
        /// The picture's fingerprint.
        package let picture: String
        /// The name of its recipe.
        package let recipe: String
        package let model: String
        package let endpoint: String?
        package let servedModel: String?
        package let promptTokens: Int?
        package let completionTokens: Int?
        package let latency: Double
        package let attempts: Int
        /// Seconds since 1970.
        package let created: Double
    }

    /// A picture that has no context, and why.
    package struct FailureEntry: Sendable, Encodable {
        package let image: String
        package let recipe: String
        package let kind: String
        package let reason: String
        package let attempts: Int
    }

    /// Every recipe, in the order in which they came.
    /// - Throws: ``ContextCacheError``.
    package func recipes() throws -> [RecipeSummary] {
        try attempt {
            try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT id, definition, (SELECT count(*) FROM failure WHERE recipe = id) AS failures,
                            count(context.picture) AS contexts, total(max(promptTokens, 0)) AS promptTokens,
                            total(max(completionTokens, 0)) AS completionTokens, total(latency) AS latency,
                            max(created) AS lastStored
                        FROM recipe LEFT JOIN context ON context.recipe = id GROUP BY id ORDER BY id
                        """
                ).map { row in
                    let recipe = try Self.recipe(row.value("definition"))
                    let contexts = row.count("contexts") ?? 0
                    return RecipeSummary(
                        id: try row.value("id"), name: recipe.shortKey, recipe: recipe, contexts: contexts,
                        failures: row.count("failures") ?? 0, promptTokens: row.count("promptTokens") ?? 0,
                        completionTokens: row.count("completionTokens") ?? 0,
                        meanLatency: contexts == 0 ? 0 : Self.finite(try row.value("latency")) / Double(contexts),
                        lastStored: (try row.value("lastStored") as Double?).map(Self.finite))
                }
            }
        }
    }

    /// The recipe whose name begins so, or the only one where no name is given.
    /// - Throws: ``RecipeError`` where none or several fit, ``ContextCacheError``.
    package func recipe(named name: String?) throws -> RecipeSummary {
        let fitting = try recipes().filter { name.map($0.recipe.key.hasPrefix) ?? true }
        guard fitting.count == 1 else { throw RecipeError(name: name, fitting: fitting.map(\.name)) }
        return fitting[0]
    }

    /// The contexts of the picture in a file, by all recipes.
    /// - Throws: `PictureError` for a file that cannot be read, ``ContextCacheError``.
    package func entries(ofPictureAt url: URL) throws -> [Entry] {
        try entries(of: ContentHash(of: try PictureSource.file(url).read(limits: PictureLimits())))
    }

    /// The contexts of one picture, by all recipes.
    /// - Throws: ``ContextCacheError``.
    package func entries(of picture: ContentHash) throws -> [Entry] {
        try attempt {
            try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT context.*, definition FROM context JOIN recipe ON recipe = id WHERE picture = ?
                        ORDER BY created
                        """, arguments: [picture.description]
                ).map(Self.entry)
            }
        }
    }

    /// Hands every context of a recipe on, in the order of their pictures' names; one at a time is in memory.
    /// - Throws: ``ContextCacheError``, or what the body throws.
    package func forEachEntry(recipe: Int64, _ body: (Entry) throws -> Void) throws {
        var objection: (any Error)?
        try attempt {
            try database.read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT context.*, definition FROM context JOIN recipe ON recipe = id WHERE recipe = ?
                        ORDER BY name
                        """, arguments: [recipe])
                while objection == nil, let row = try rows.next() {
                    let entry = try Self.entry(row)
                    do { try body(entry) } catch { objection = error }
                }
            }
        }
        if let objection { throw objection }
    }

    /// Every picture without a context, and why.
    /// - Throws: ``ContextCacheError``.
    package func failures() throws -> [FailureEntry] {
        try attempt {
            try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT failure.*, definition FROM failure JOIN recipe ON recipe = id ORDER BY recipe, name
                        """
                ).map { row in
                    FailureEntry(
                        image: try row.value("name"), recipe: try Self.recipe(row.value("definition")).shortKey,
                        kind: try row.value("kind"), reason: try row.value("reason"),
                        attempts: row.count("attempts") ?? 0)
                }
            }
        }
    }

    /// The records to remove.
    package struct Pruning: Sendable {
        /// One recipe alone; nil for all.
        package var recipe: Int64?
        /// Only records stored before this time, in seconds since 1970.
        package var before: Double?
        /// Only failures.
        package var failuresOnly = false

        package init(recipe: Int64? = nil, before: Double? = nil, failuresOnly: Bool = false) {
            self.recipe = recipe
            self.before = before
            self.failuresOnly = failuresOnly
        }
    }

    /// Removes contexts and failures, then recipes that have neither, and gives the space back.
    /// - Returns: the numbers of contexts and failures that were removed, or would be.
    /// - Throws: ``ContextCacheError``.
    package func prune(_ pruning: Pruning, dryRun: Bool = false) throws -> (contexts: Int, failures: Int) {
        let condition = "(?1 IS NULL OR recipe = ?1) AND (?2 IS NULL OR created < ?2)"
        let arguments: StatementArguments = [pruning.recipe, pruning.before]
        return try attempt {
            let counts = try database.write { database in
                func remove(from table: String) throws -> Int {
                    let count = try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM \(table) WHERE \(condition)", arguments: arguments)
                    if !dryRun {
                        try database.execute(sql: "DELETE FROM \(table) WHERE \(condition)", arguments: arguments)
                    }
                    return count ?? 0
                }
                let contexts = pruning.failuresOnly ? 0 : try remove(from: "context")
                let failures = try remove(from: "failure")
                if !dryRun {
                    try database.execute(
                        sql: """
                            DELETE FROM recipe WHERE id NOT IN (SELECT recipe FROM context)
                                AND id NOT IN (SELECT recipe FROM failure)
                            """)
                }
                return (contexts, failures)
            }
            if !dryRun { try database.vacuum() }
            return counts
        }
    }

    private static func recipe(_ definition: String) throws -> ContextRecipe {
        try JSONDecoder().decode(ContextRecipe.self, from: Data(definition.utf8), rule: "a recipe is an object")
    }

    private static func entry(_ row: Row) throws -> Entry {
        let recipe = try recipe(row.value("definition"))
        return Entry(
            image: try row.value("name"), context: try row.value("text"), picture: try row.value("picture"),
            recipe: recipe.shortKey, model: recipe.model, endpoint: try row.value("endpoint"),
            servedModel: try row.value("servedModel"), promptTokens: row.count("promptTokens"),
            completionTokens: row.count("completionTokens"), latency: finite(try row.value("latency")),
            attempts: row.count("attempts") ?? 0, created: finite(try row.value("created")))
    }

    /// A number that JSON can hold.
    private static func finite(_ number: Double) -> Double {
        max(-Double.greatestFiniteMagnitude, min(number, Double.greatestFiniteMagnitude))
    }
}

/// A name that no recipe of a cache has, or several.
package struct RecipeError: Error, CustomStringConvertible {
    let name: String?
    let fitting: [String]

    package var description: String {
        let start = name.map { "recipe \($0.debugDescription)" } ?? "the cache"
        return fitting.isEmpty
            ? "\(start): no recipe found; `shapca contexts show` lists the recipes"
            : "\(start): \(fitting.count) recipes (\(fitting.joined(separator: ", "))); choose one with --recipe"
    }
}

extension ContextCache.RecipeSummary: CustomStringConvertible {
    /// The recipe on a line with its counts, then its settings and its prompt on a line each.
    package var description: String {
        let counts =
            "\(name)  \(recipe.generator)  \(recipe.model)  \(contexts) contexts  \(failures) failures  "
            + "\(promptTokens) + \(completionTokens) tokens  " + String(format: "%.2f s each", meanLatency)
        let settings = recipe.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return
            ([counts] + (settings.isEmpty ? [] : ["  " + settings.joined(separator: ", ")])
            + (recipe.prompt.map { ["  \($0)"] } ?? [])).joined(separator: "\n")
    }
}

extension ContextCache.Entry: CustomStringConvertible {
    /// The origin of the context on a line, then the context.
    package var description: String {
        "\(image)  \(recipe)  \(model)  " + String(format: "%.2f s", latency) + "\n\(context)"
    }
}

extension ContextCache.FailureEntry: CustomStringConvertible {
    package var description: String { "\(image)  \(recipe)  \(kind)  \(reason) (\(attempts) attempts)" }
}
