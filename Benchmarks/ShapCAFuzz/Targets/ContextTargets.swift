import Contexts
import Foundation
import GRDB
import NIOHTTP1
import Vision

extension FuzzTarget {
    /// What servers answer, and the cache of their answers. (Answers are asked for whole, so no stream of events is read.)
    static let contextTargets = [chat, http, endpoint, cacheFile, cacheRows]

    private static let completion = """
        {"id": "1", "model": "llava", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", \
        "content": "A man on a stage."}}], "usage": {"prompt_tokens": 700, "completion_tokens": 12}}
        """

    private static let chatWords =
        jsonWords + [
            "\"choices\"", "\"message\"", "\"content\"", "\"refusal\"", "\"finish_reason\"", "\"length\"",
            "\"content_filter\"", "\"usage\"", "\"prompt_tokens\"", "\"error\"", "\"I'm sorry\"", "\"text\"", "data: ",
        ]

    private static let chat = FuzzTarget(
        name: "chat", about: "chat completions",
        seeds: {
            [
                completion,
                #"{"choices": [{"message": {"content": [{"type": "text", "text": "A "}, {"text": "dog."}]}}]}"#,
            ].map { Array($0.utf8) }
        }, dictionary: chatWords,
        attempt: { input, _ in
            let answer = try ChatAnswer(Data(input))
            if answer.text.isEmpty { throw Fault("an accepted answer has no words") }
        })

    private static let http = FuzzTarget(
        name: "http", about: "answers of a server with a status, headers and a body",
        seeds: {
            [
                "429\nRetry-After: 3\nContent-Type: application/json\n\n{\"error\": {\"message\": \"slow down\"}}",
                "503\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\n\n<html>busy</html>",
                "400\n\n{\"error\": \"no\"}", "401\n\n", "404\n\n{}", "408\n\n", "500\n\n\u{1B}[31m",
            ].map { Array($0.utf8) }
        },
        dictionary: chatWords + [
            "retry-after: ", "Retry-After: 1e300", "-1", "GMT", "Wed, ", "\n\n", "429", "503", "99",
        ],
        attempt: { input, _ in
            let lines = String(decoding: input, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            let blank = lines.firstIndex { $0.isEmpty } ?? lines.count
            var headers = HTTPHeaders()
            for line in lines[..<blank].dropFirst() {
                guard let colon = line.firstIndex(of: ":"), line[..<colon].utf8.allSatisfy({ $0 < 0x80 }) else {
                    continue
                }
                headers.add(name: String(line[..<colon]), value: String(line[line.index(after: colon)...]))
            }
            let status = Int(lines[0].filter(\.isNumber)) ?? 500
            let body = Data(lines[min(blank + 1, lines.count)...].joined(separator: "\n").utf8)
            let failure = ChatFailure.failure(
                status: HTTPResponseStatus(statusCode: status % 1000), headers: headers, body: body, key: nil)
            if let wait = failure.retryAfter, !(wait.isFinite && wait >= 0) {
                throw Fault("a wait is no time: \(wait)")
            }
            if let fault = Messages.fault(ofMessage: "\(failure)") { throw Fault(fault) }
        })

    private static let endpoint = FuzzTarget(
        name: "endpoint", about: "addresses of servers",
        seeds: {
            [
                "http://127.0.0.1:8080", "https://host/v1/", "http://[::1]:80/v1/chat/completions",
            ].map { Array($0.utf8) }
        }, dictionary: ["http://", "https://", "@", ":", "?", "#", "/", "//", "%", "%00", "[", "]", "user:pw@", "🇩🇪"],
        attempt: { input, _ in _ = try Endpoint(String(decoding: input, as: UTF8.self)) })

    private static let recipe = ContextRecipe(
        generator: "openai", model: "llava", prompt: "What is there?", settings: ["temperature": "1.0"])

    private static let cacheFile = FuzzTarget(
        name: "cache", about: "files of the cache of contexts",
        seeds: {
            let folder = try Scratch()
            let file = folder["cache.sqlite"]
            try fillCache(file)
            return [[UInt8](try Data(contentsOf: file))]
        }, dictionary: ["recipe", "context", "failure", "CREATE TABLE", "contexts", "{\"generator\":", "NULL", "TEXT"],
        mostRuns: slowRuns,
        attempt: { input, folder in
            removeCache(in: folder)
            try use(folder.write(input, to: "cache.sqlite"))
        })

    /// Makes a cache of three contexts, whose log is in the file once the cache is closed.
    private static func fillCache(_ file: URL) throws {
        let cache = try ContextCache(file)
        let id = try cache.identifier(of: recipe)
        for number in 0..<3 {
            let context = GeneratedContext(
                text: "a man \(number)", servedModel: "m", promptTokens: 7, completionTokens: 2, latency: 0.5)
            try cache.store(context, of: ContentHash(of: [UInt8(number)]), name: "\(number).jpg", recipe: id)
        }
    }

    /// Rows of any type in tables that have the cache's names and, but for the key, no types, as a file from elsewhere may
    /// have them.
    private static let cacheRows = FuzzTarget(
        name: "cache-rows", about: "rows of any type in the cache of contexts",
        seeds: {
            [
                """
                {"recipe": [{"id": 1, "key": "k", "definition": "{\\"generator\\":\\"openai\\",\\"model\\":\\"m\\",\\"settings\\":{}}"}],
                 "context": [{"picture": "p", "recipe": 1, "text": "a man", "name": "1.jpg", "endpoint": "e", "servedModel": "s",
                  "promptTokens": 7, "completionTokens": 2, "latency": 0.5, "attempts": 1, "created": 1.5}],
                 "failure": [{"picture": "q", "recipe": 1, "name": "2.jpg", "kind": "refused", "reason": "no", "attempts": 2,
                  "created": 2.5}]}
                """
            ].map { Array($0.utf8) }
        },
        dictionary: jsonWords + [
            "\"recipe\"", "\"definition\"", "\"latency\"", "\"created\"", "\"attempts\"", "\"promptTokens\"",
            "\"generator\"",
            "\\\"model\\\"", "\\\"settings\\\"",
        ], mostRuns: slowRuns,
        attempt: { input, folder in
            removeCache(in: folder)
            guard let tables = try? JSONSerialization.jsonObject(with: Data(input)) as? [String: [[String: Any]]] else {
                return
            }
            let file = folder["cache.sqlite"]
            do { try write(tables, to: file) } catch is DatabaseError { return }
            try use(file)
        })

    private static func removeCache(in folder: Scratch) {
        for suffix in ["", "-wal", "-shm", "-journal", "-lock"] { unlink(folder["cache.sqlite\(suffix)"].path) }
    }

    private static func write(_ tables: [String: [[String: Any]]], to file: URL) throws {
        let database = try DatabaseQueue(path: file.path)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('contexts');
                    CREATE TABLE recipe (id INTEGER PRIMARY KEY, key UNIQUE, definition);
                    CREATE TABLE context (picture, recipe, text, name, endpoint, servedModel, promptTokens, completionTokens,
                        latency, attempts, created);
                    CREATE TABLE failure (picture, recipe, name, kind, reason, attempts, created);
                    """)
            for (table, rows) in tables.sorted(by: { $0.key < $1.key }) {
                for row in rows {
                    let columns = row.keys.sorted()
                    let names = columns.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ", ")
                    let marks = columns.map { _ in "?" }.joined(separator: ", ")
                    let values = columns.map { value(row[$0]) }
                    try database.execute(
                        sql: "INSERT INTO \"\(table.replacing("\"", with: "\"\""))\" (\(names)) VALUES (\(marks))",
                        arguments: StatementArguments(values))
                }
            }
        }
        try database.close()
    }

    private static func value(_ json: Any?) -> DatabaseValue {
        switch json {
        case let text as String: text.databaseValue
        case let number as NSNumber:
            if let whole = Int64(exactly: number.doubleValue) {
                whole.databaseValue
            } else {
                number.doubleValue.databaseValue
            }
        case let list as [Any]: Data(list.map { _ in 7 }).databaseValue
        default: .null
        }
    }

    /// Does what the commands do with a cache.
    private static func use(_ file: URL) throws {
        let cache = try ContextCache(file)
        var failure: (any Error)?
        func attempt(_ work: () throws -> Void) throws {
            do { try work() } catch {
                if let fault = Messages.fault(of: error) { throw Fault(fault) }
                failure = failure ?? error
            }
        }
        try attempt {
            for recipe in try cache.recipes() {
                _ = recipe.description
                try attempt { try cache.forEachEntry(recipe: recipe.id) { _ = $0.description } }
            }
        }
        try attempt { for entry in try cache.failures() { _ = entry.description } }
        try attempt { for number in 0..<3 { _ = try cache.entries(of: ContentHash(of: [UInt8(number)])) } }
        try attempt { _ = try cache.recipe(named: nil) }
        try attempt {
            let id = try cache.identifier(of: recipe)
            _ = try cache.text(of: ContentHash(of: [0]), recipe: id)
        }
        try attempt { _ = try cache.prune(ContextCache.Pruning(before: 2), dryRun: true) }
        if let failure { throw failure }
    }
}
