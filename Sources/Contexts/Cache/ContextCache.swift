import Foundation
import GRDB
import Support
import Vision

/// Contexts that were made, by the content of their picture and their recipe: an SQLite file.
///
/// Every answer is a transaction of its own in a write-ahead log, so that a program that is killed loses none that was
/// stored. Several programs may use one file.
package final class ContextCache: Sendable {
    /// The file.
    package let url: URL
    let database: DatabaseQueue

    /// Opens a file, or makes it.
    /// - Throws: ``ContextCacheError``.
    package init(_ url: URL) throws {
        self.url = url
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        configuration.journalMode = .wal
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            database = try Self.alone(at: url) {
                let database = try DatabaseQueue(path: url.path, configuration: configuration)
                try Self.migrator.migrate(database)
                return database
            }
        } catch {
            throw ContextCacheError(url, error)
        }
    }

    /// Does work on a file, such as creating it, that two programs must not do at once: the later one waits. Where
    /// there can be no lock it does without, since SQLite's message about such a place is the best.
    private static func alone<Value>(at url: URL, _ work: () throws -> Value) rethrows -> Value {
        let lock = open(url.path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0, errno == EINTR {}
        return try work()
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("contexts") { database in
            try database.execute(
                sql: """
                    CREATE TABLE recipe (
                        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, definition TEXT NOT NULL
                    );
                    CREATE TABLE context (
                        picture TEXT NOT NULL, recipe INTEGER NOT NULL REFERENCES recipe (id) ON DELETE CASCADE,
                        text TEXT NOT NULL, name TEXT NOT NULL, endpoint TEXT, servedModel TEXT,
                        promptTokens INTEGER, completionTokens INTEGER, latency REAL NOT NULL,
                        attempts INTEGER NOT NULL, created REAL NOT NULL,
                        PRIMARY KEY (picture, recipe)
                    ) WITHOUT ROWID;
                    CREATE INDEX contextByRecipe ON context (recipe, name);
                    CREATE TABLE failure (
                        picture TEXT NOT NULL, recipe INTEGER NOT NULL REFERENCES recipe (id) ON DELETE CASCADE,
                        name TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL,
                        created REAL NOT NULL,
                        PRIMARY KEY (picture, recipe)
                    ) WITHOUT ROWID;
                    """)
        }
        return migrator
    }

    /// The number under which a recipe is filed; it is filed when it is not yet.
    /// - Throws: ``ContextCacheError``.
    package func identifier(of recipe: ContextRecipe) throws -> Int64 {
        try attempt {
            let definition = String(decoding: try Self.encoder.encode(recipe), as: UTF8.self)
            return try database.write { database in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO recipe (key, definition) VALUES (?, ?)",
                    arguments: [recipe.key, definition])
                let number = try Int64.fetchOne(
                    database, sql: "SELECT id FROM recipe WHERE key = ?", arguments: [recipe.key])
                guard let number else { throw CacheValueError(column: "id") }
                return number
            }
        }
    }

    /// The context of a picture by a recipe; nil where there is none.
    /// - Throws: ``ContextCacheError``.
    package func text(of picture: ContentHash, recipe: Int64) throws -> String? {
        try attempt {
            try database.read { database in
                try String.fetchOne(
                    database, sql: "SELECT text FROM context WHERE picture = ? AND recipe = ?",
                    arguments: [picture.description, recipe])
            }
        }
    }

    /// Whether there is a context of a picture by a recipe.
    func holds(_ picture: ContentHash, recipe: Int64) async throws -> Bool {
        do {
            return try await database.read { database in
                try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM context WHERE picture = ? AND recipe = ?)",
                    arguments: [picture.description, recipe]) ?? false
            }
        } catch {
            throw ContextCacheError(url, error)
        }
    }

    /// Stores a context; one that is there already stays.
    /// - Parameters:
    ///   - name: the picture's file name.
    ///   - endpoint: the server that made it.
    ///   - attempts: the number of attempts for the picture.
    /// - Returns: whether it is new.
    /// - Throws: ``ContextCacheError``.
    @discardableResult
    package func store(
        _ context: GeneratedContext, of picture: ContentHash, name: String, recipe: Int64, endpoint: String? = nil,
        attempts: Int = 1
    ) throws -> Bool {
        try attempt {
            try database.write { database in
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO context (
                            picture, recipe, text, name, endpoint, servedModel, promptTokens, completionTokens, latency,
                            attempts, created
                        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        picture.description, recipe, context.text, name, endpoint, context.servedModel,
                        context.promptTokens, context.completionTokens, context.latency, attempts,
                        Date().timeIntervalSince1970,
                    ])
                let isNew = database.changesCount > 0
                try database.execute(
                    sql: "DELETE FROM failure WHERE picture = ? AND recipe = ?",
                    arguments: [picture.description, recipe])
                return isNew
            }
        }
    }

    /// Records why a picture has no context; the next context of it removes the record.
    /// - Throws: ``ContextCacheError``.
    func store(_ failure: GenerationFailure, of picture: ContentHash, name: String, recipe: Int64) throws {
        try attempt {
            try database.write { database in
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO failure (picture, recipe, name, kind, reason, attempts, created)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        picture.description, recipe, name, failure.kind.rawValue, failure.reason, failure.attempts,
                        Date().timeIntervalSince1970,
                    ])
            }
        }
    }

    /// Runs a piece of work, whose errors become ``ContextCacheError``.
    func attempt<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch {
            throw ContextCacheError(url, error)
        }
    }

    private static let encoder = JSONEncoder.compact
}

/// Why the cache cannot be used.
package struct ContextCacheError: Error, CustomStringConvertible {
    package let description: String

    init(_ url: URL, _ error: any Error) {
        if let error = error as? ContextCacheError {
            self = error
            return
        }
        let (reason, remedy) = Self.words(for: error, about: url)
        description =
            "\(url.path): the cache of contexts cannot be used (\(reason)); \(remedy), or name another file with --cache"
    }

    /// The fault and what to do about it.
    private static func words(for error: any Error, about url: URL) -> (reason: String, remedy: String) {
        let free = "check the free space and the folder's permissions"
        guard let error = error as? DatabaseError else {
            if error is CocoaError || error is POSIXError { return (Support.reason(of: error), free) }
            let place = (error as? CacheValueError).map { " in column \($0.column)" } ?? ""
            return ("a record is malformed\(place)", "move it away")
        }
        return switch error.resultCode {
        case .SQLITE_NOTADB: ("it is not a cache of contexts", "move it away")
        case .SQLITE_CORRUPT: ("it is damaged", "move it away")
        case .SQLITE_FULL: ("no space left on device", free)
        case .SQLITE_BUSY, .SQLITE_LOCKED: ("another program holds it", "wait for that program")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR: (objection(to: url), free)
        case .SQLITE_NOMEM: ("there is no memory left", "end other programs")
        default: ("its tables are not those of a cache of contexts", "move it away")
        }
    }

    /// The system's words for why a file, or one beside it as SQLite needs, cannot be written.
    private static func objection(to url: URL) -> String {
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return systemMessage() }
        close(descriptor)
        do throws(FileError) {
            _ = try AtomicFile(replacing: url)
            return "it cannot be read or written"
        } catch {
            return error.reason
        }
    }
}

/// A value in a cache that is of another type than the column's.
struct CacheValueError: Error {
    let column: String
}

extension Row {
    /// The value of a column; a cache is a file, in which anything may be.
    /// - Throws: ``CacheValueError``.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value = Value.fromDatabaseValue(stored(column)) else { throw CacheValueError(column: column) }
        return value
    }

    /// A count of a column; nil where there is none, or something else.
    func count(_ column: String) -> Int? {
        switch stored(column).storage {
        case .int64(let count): Int(Swift.max(0, count))
        case .double(let count): Swift.max(0, Int(clamping: count))
        default: nil
        }
    }

    private func stored(_ column: String) -> DatabaseValue {
        guard let value = self[column] as DatabaseValue? else { return .null }
        return value
    }
}
