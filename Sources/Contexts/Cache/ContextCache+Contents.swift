import Foundation
import GRDB
import Vision

extension ContextCache {
    /// One recipe of the cache with what there is of it.
    public struct RecipeSummary: Sendable, Encodable {
        /// The number in the file.
        public let id: Int64
        /// The first digits of the recipe's key, by which it is named.
        public let name: String
        public let recipe: ContextRecipe
        public let contexts: Int
        public let failures: Int
        public let promptTokens: Int
        public let completionTokens: Int
        /// Mean seconds of an answer.
        public let meanLatency: Double
        /// When the last context was stored, in seconds since 1970; nil without any.
        public let lastStored: Double?
    }

    /// A context with all that is known of it.
    public struct Entry: Sendable, Encodable {
        public let image: String
        public let context: String
        /// The picture's fingerprint.
        public let picture: String
        /// The name of its recipe.
        public let recipe: String
        public let model: String
        public let endpoint: String?
        public let servedModel: String?
        public let promptTokens: Int?
        public let completionTokens: Int?
        public let latency: Double
        public let attempts: Int
        /// Seconds since 1970.
        public let created: Double
    }

    /// A picture that has no context, and why.
    public struct FailureEntry: Sendable, Encodable {
        public let image: String
        public let recipe: String
        public let kind: String
        public let reason: String
        public let attempts: Int
    }

    /// Every recipe, in the order in which they came.
    /// - Throws: ``ContextCacheError``.
    public func recipes() throws -> [RecipeSummary] {
        try attempt {
            try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT id, definition, (SELECT count(*) FROM failure WHERE recipe = id) AS failures,
                            count(context.picture) AS contexts, total(promptTokens) AS promptTokens,
                            total(completionTokens) AS completionTokens, total(latency) AS latency,
                            max(created) AS lastStored
                        FROM recipe LEFT JOIN context ON context.recipe = id GROUP BY id ORDER BY id
                        """
                ).map { row in
                    let recipe = try Self.recipe(row["definition"])
                    let contexts: Int = row["contexts"]
                    return RecipeSummary(
                        id: row["id"], name: recipe.shortKey, recipe: recipe, contexts: contexts,
                        failures: row["failures"], promptTokens: Int(row["promptTokens"] as Double),
                        completionTokens: Int(row["completionTokens"] as Double),
                        meanLatency: contexts == 0 ? 0 : (row["latency"] as Double) / Double(contexts),
                        lastStored: row["lastStored"])
                }
            }
        }
    }

    /// What there is of one picture, by all recipes.
    /// - Throws: ``ContextCacheError``.
    public func entries(of picture: ContentHash) throws -> [Entry] {
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
    public func forEachEntry(recipe: Int64, _ body: (Entry) throws -> Void) throws {
        try database.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT context.*, definition FROM context JOIN recipe ON recipe = id WHERE recipe = ? ORDER BY name
                    """, arguments: [recipe])
            while let row = try rows.next() { try body(Self.entry(row)) }
        }
    }

    /// Every picture that was asked about in vain.
    /// - Throws: ``ContextCacheError``.
    public func failures() throws -> [FailureEntry] {
        try attempt {
            try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT failure.*, definition FROM failure JOIN recipe ON recipe = id ORDER BY recipe, name
                        """
                ).map { row in
                    FailureEntry(
                        image: row["name"], recipe: try Self.recipe(row["definition"]).shortKey, kind: row["kind"],
                        reason: row["reason"], attempts: row["attempts"])
                }
            }
        }
    }

    /// What to remove.
    public struct Pruning: Sendable {
        /// One recipe alone; nil for all.
        public var recipe: Int64?
        /// Only what was stored before this time, in seconds since 1970.
        public var before: Double?
        /// Only failures.
        public var failuresOnly = false

        public init(recipe: Int64? = nil, before: Double? = nil, failuresOnly: Bool = false) {
            self.recipe = recipe
            self.before = before
            self.failuresOnly = failuresOnly
        }
    }

    /// Removes contexts and failures, then recipes that have neither, and gives the space back.
    /// - Returns: how many contexts and failures were removed, or would be.
    /// - Throws: ``ContextCacheError``.
    public func prune(_ pruning: Pruning, dryRun: Bool = false) throws -> (contexts: Int, failures: Int) {
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
        try JSONDecoder().decode(ContextRecipe.self, from: Data(definition.utf8))
    }

    private static func entry(_ row: Row) throws -> Entry {
        let recipe = try recipe(row["definition"])
        return Entry(
            image: row["name"], context: row["text"], picture: row["picture"], recipe: recipe.shortKey,
            model: recipe.model, endpoint: row["endpoint"], servedModel: row["servedModel"],
            promptTokens: row["promptTokens"], completionTokens: row["completionTokens"], latency: row["latency"],
            attempts: row["attempts"], created: row["created"])
    }
}
