import Contexts
import Foundation
import Synchronization
import TestServer
import TestSupport
import Testing

@Suite("shapca contexts")
struct ContextsCommandTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private var output: URL { scratch["contexts.jsonl"] }
    private var cache: String { scratch["contexts.sqlite"].path }

    private func write(pictures count: Int) throws {
        for number in 0..<count { try scratch.write(SamplePicture.tiff(number), to: "pictures/\(number).tif") }
    }

    private func contexts(_ server: ChatServer, _ more: String..., watch: (pid_t) -> Void = { _ in }) throws
        -> Program.Outcome
    {
        let arguments = [
            "contexts", "--images", scratch["pictures"].path, "--generator", "openai", "--endpoint", server.endpoint,
            "--model", "llava", "--output", output.path, "--cache", cache,
        ]
        return try Program.run(arguments + more, watch: watch)
    }

    private func lines(_ url: URL) throws -> [String] {
        try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("A folder becomes a context file with provenance; the second run asks nothing and writes the same")
    func folder() async throws {
        try write(pictures: 12)
        let server = try await ChatServer { .says("says \($0.pictureName)") }
        let first = try contexts(server, "--prompt-file", scratch.write("  What?\n", to: "prompt.txt").path)
        #expect(first.status == 0 && first.output.contains("12 of 12 pictures"), "\(first.errors)")
        let written = try lines(output)
        #expect(written.count == 13)
        for part in [
            #""generator":"openai""#, #""model":"llava""#, #""prompt":"What?""#, #""temperature":"1.0""#,
            server.endpoint,
        ] {
            #expect(written[0].contains(part), "\(written[0])")
        }
        #expect(written.dropFirst().allSatisfy { $0.contains("says picture-") })
        let second = try contexts(server, "--prompt-file", scratch["prompt.txt"].path, "--json")
        #expect(second.status == 0 && second.output.contains(#""cached" : 12"#))
        #expect(try lines(output) == written && server.requests.count == 12)
    }

    @Test("Numbers and characters that a server makes up do no harm, in this run and when the cache is shown")
    func madeUp() async throws {
        try write(pictures: 2)
        let server = try await ChatServer { _ in
            .status(
                200,
                body: #"{"choices": [{"message": {"content": "a \u202egod\u2066 \u001b[31mand 👩\u200d🚀"}}], "#
                    + #""usage": {"prompt_tokens": 9223372036854775807, "completion_tokens": 9223372036854775807}}"#)
        }
        let outcome = try contexts(server)
        #expect(outcome.status == 0 && !outcome.hasCrashed, "\(outcome.errors)")
        #expect(outcome.output.contains("9223372036854775807 + 9223372036854775807 tokens"))
        let recipes = try Program.run("contexts", "show", "--cache", cache)
        #expect(recipes.status == 0 && recipes.output.contains("2 contexts"), "\(recipes.errors)")
        let picture = scratch["pictures/0.tif"].path
        let shown = try Program.run("contexts", "show", picture, "--cache", cache)
        #expect(shown.lines.last == "a  god   [31mand 👩\u{200D}🚀", "\(shown.output)")
        let json = try Program.run("contexts", "show", picture, "--cache", cache, "--json")
        #expect(json.output.contains("a \u{202E}god\u{2066}"))
        #expect(try lines(output)[1].contains("a \u{202E}god\u{2066}"))
    }

    @Test("An error shows no control and no format characters of what it is about")
    func printableErrors() throws {
        for arguments in [
            ["data", "validate", "no\u{202E}\u{1B}[31m"], ["no\u{202E}command"], ["data", "stats", "--\u{2066}"],
        ] {
            let outcome = try Program.run(arguments)
            #expect(outcome.status != 0 && outcome.errors.hasPrefix("Error: "), "\(outcome.errors)")
            #expect(!outcome.errors.unicodeScalars.contains { ["\u{202E}", "\u{1B}", "\u{2066}"].contains($0) })
        }
        let help = try Program.run("--help")
        #expect(help.status == 0 && help.output.contains("SUBCOMMANDS") && help.errors.isEmpty)
    }

    @Test("Killed ten times on the way, it comes to its end, and asks for nothing whose answer was stored")
    func kills() async throws {
        let count = 60
        try write(pictures: count)
        let server = try await ChatServer { .says($0.pictureName, delay: 30) }
        var stored: Set<String> = []
        for round in 0..<10 {
            let before = server.requests.count
            let goal = before + 5
            let outcome = try contexts(server, "--concurrency", "3") { process in
                if server.requests.count >= goal { kill(process, SIGKILL) }
            }
            #expect(outcome.hasCrashed && outcome.status == SIGKILL, "round \(round): \(outcome.errors)")
            let asked = server.requests.dropFirst(before).map(\.pictureName)
            #expect(stored.isDisjoint(with: asked))
            stored.formUnion(try storedTexts())
            #expect(!FileManager.default.fileExists(atPath: output.path))
        }
        #expect(!stored.isEmpty)
        let before = server.requests.count
        let last = try contexts(server)
        #expect(last.status == 0, "\(last.errors)")
        #expect(stored.isDisjoint(with: server.requests.dropFirst(before).map(\.pictureName)))
        #expect(try Set(storedTexts()).count == count && lines(output).count == count + 1)
    }

    private func storedTexts() throws -> [String] {
        let cache = try ContextCache(scratch["contexts.sqlite"])
        var texts: [String] = []
        for recipe in try cache.recipes() { try cache.forEachEntry(recipe: recipe.id) { texts.append($0.context) } }
        return texts
    }

    @Test("Two runs over one cache both come to the end, and ask for few pictures twice")
    func twoProcesses() async throws {
        try write(pictures: 40)
        let server = try await ChatServer { .says($0.pictureName, delay: 30) }
        let second = Mutex<Program.Outcome?>(nil)
        let other = scratch["other.jsonl"]
        let arguments = [
            "contexts", "--images", scratch["pictures"].path, "--generator", "openai", "--endpoint", server.endpoint,
            "--model", "llava", "--output", other.path, "--cache", cache,
        ]
        let thread = Thread { second.withLock { $0 = try? Program.run(arguments) } }
        thread.start()
        let outcome = try contexts(server)
        while !thread.isFinished { try await Task.sleep(for: .milliseconds(10)) }
        #expect(outcome.status == 0, "\(outcome.errors)")
        let otherOutcome = try #require(second.withLock { $0 })
        #expect(otherOutcome.status == 0, "\(otherOutcome.errors)")
        #expect(try lines(output) == lines(other) && storedTexts().count == 40)
    }

    @Test("Failures are listed with their reason, written beside the output, and tell in the exit code")
    func failures() async throws {
        try write(pictures: 4)
        try scratch.write("no picture", to: "pictures/bad.jpg")
        try scratch.write("a", to: "pictures/notes.txt")
        let server = try await ChatServer { $0.number == 0 ? .says("No", finish: "content_filter") : .says("fine") }
        let outcome = try contexts(server, "--attempts", "1", "--concurrency", "1")
        #expect(outcome.status == 1 && !outcome.hasCrashed && outcome.output.contains("3 of 5 pictures"))
        #expect(outcome.errors.contains("bad.jpg: ") && outcome.errors.contains("1 failed (refused)"))
        #expect(outcome.errors.contains("left out: 1 files are not pictures"))
        let list = scratch["contexts.failures.jsonl"]
        #expect(try lines(list).count == 2 && lines(output).count == 4)
        let shown = try Program.run("contexts", "show", "--failures", "--cache", cache)
        #expect(shown.lines.count == 2 && shown.output.contains("refused"))
        try FileManager.default.removeItem(at: scratch["pictures/bad.jpg"])
        #expect(try contexts(server).status == 0)
        #expect(!FileManager.default.fileExists(atPath: list.path))
    }

    @Test("A dead server ends the run with one sentence and no file")
    func deadServer() async throws {
        try write(pictures: 100)
        let server = try await ChatServer { _ in .close }
        let endpoint = server.endpoint
        try await server.stop()
        let outcome = try Program.run(
            "contexts", "--images", scratch["pictures"].path, "--generator", "openai", "--endpoint", endpoint,
            "--model", "m", "--output", output.path, "--cache", cache, "--attempts", "2")
        #expect(outcome.status == 1 && outcome.output.isEmpty && !outcome.hasCrashed)
        #expect(outcome.errors.contains("stopped early: \(endpoint): connection refused"), "\(outcome.errors)")
        #expect(outcome.errors.count { $0 == "\n" } < 20 && !FileManager.default.fileExists(atPath: output.path))
    }

    @Test("Where the output has no folder, no picture is described")
    func missingFolder() async throws {
        try write(pictures: 2)
        let server = try await ChatServer { _ in .close }
        let outcome = try Program.run(
            "contexts", "--images", scratch["pictures"].path, "--generator", "openai", "--endpoint", server.endpoint,
            "--model", "m", "--output", scratch["nowhere/contexts.jsonl"].path, "--cache", cache)
        #expect(outcome.errors.contains("there is no folder \(scratch["nowhere"].path)"), "\(outcome.errors)")
        #expect(outcome.status != 0 && server.requests.isEmpty)
        try await server.stop()
    }

    @Test("Ctrl-C lets answers come in, says how to go on, and ends with 130")
    func interruption() async throws {
        try write(pictures: 60)
        let server = try await ChatServer { .says($0.pictureName, delay: 50) }
        let asked = Mutex(false)
        let outcome = try contexts(server) { process in
            let isFirst =
                server.requests.count >= 8
                && asked.withLock { asked in
                    defer { asked = true }
                    return !asked
                }
            if isFirst { kill(process, SIGINT) }
        }
        #expect(outcome.status == 130 && !outcome.hasCrashed && outcome.errors.contains("continues from here"))
        #expect(try storedTexts().count == server.requests.count && server.requests.count < 60)
    }

    @Test("Without a server: lists of labels, shown, exported and pruned")
    func labels() throws {
        let fixtures = DataFolder.checkout.appending(path: "Tests/VisionTests/Fixtures")
        try scratch.write(Data(contentsOf: fixtures.appending(path: "espresso.jpg")), to: "pictures/e.jpg")
        let outcome = try Program.run(
            "contexts", "--images", scratch["pictures"].path, "--generator", "labels", "--output", output.path,
            "--cache", cache)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try lines(output)[1].contains("Labels of the picture: espresso"))
        let shown = try Program.run("contexts", "show", scratch["pictures/e.jpg"].path, "--cache", cache)
        #expect(shown.output.contains("efficientnet-lite0") && shown.output.contains("espresso"))
        let export = try Program.run("contexts", "export", "--output", scratch["again.jsonl"].path, "--cache", cache)
        #expect(export.status == 0)
        #expect(try lines(scratch["again.jsonl"]) == lines(output))
        #expect(
            try Program.run("contexts", "prune", "--older-than", "1", "--cache", cache).output.hasPrefix("0 contexts"))
        #expect(try Program.run("contexts", "prune", "--all", "--cache", cache).output.hasPrefix("1 contexts"))
        let empty = try Program.run("contexts", "export", "--output", scratch["none.jsonl"].path, "--cache", cache)
        #expect(empty.failed(saying: "shapca contexts show"))
    }

    @Test("Captions that people have are bound to pictures and exported for training")
    func imports() throws {
        try write(pictures: 3)
        let file = try scratch.write("0.tif :nothing\n1.tif :one\n9.tif :nine\nbroken\n", to: "captions.txt")
        let outcome = try Program.run(
            "contexts", "import", file.path, "--images", scratch["pictures"].path, "--model", "people", "--cache",
            cache,
            "--output", scratch["all.jsonl"].path)
        #expect(outcome.status == 1 && outcome.output.contains("2 captions are stored"), "\(outcome.errors)")
        for words in [
            "1 captions have no picture", "1 pictures have no caption", "captions.txt:4", "1 lines could not",
        ] {
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
        #expect(try lines(scratch["all.jsonl"]).count == 4)
        let export = try Program.run("contexts", "export", "--output", output.path, "--cache", cache)
        #expect(export.status == 0)
        #expect(
            try lines(output)[1...] == [
                #"{"context":"nothing","image":"0.tif"}"#, #"{"context":"one","image":"1.tif"}"#,
            ])
    }

    @Test("Captions, also behind a link, are not replaced by what is made from them")
    func importOverInput() throws {
        let captions = "0.tif :nothing\nbroken\n"
        let file = try scratch.write(captions, to: "captions.txt")
        let link = scratch["link.txt"]
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        for target in [file, link] {
            let outcome = try Program.run("contexts", "import", file.path, "--output", target.path)
            #expect(outcome.status == 64 && outcome.errors.contains("name another one"), "\(outcome.errors)")
            #expect(try String(contentsOf: file, encoding: .utf8) == captions)
        }
    }

    @Test("The default prompt can be printed, and asks for what helps")
    func prompt() throws {
        let outcome = try Program.run("contexts", "prompt")
        #expect(outcome.status == 0 && outcome.output.contains("relate") && outcome.output.contains("text"))
    }
}
