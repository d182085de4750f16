import Foundation
import TestSupport
import Testing

@Suite("shapca predict, for people: lists of posts, thresholds and terminals")
struct PredictListsTests {
    private struct Prediction: Decodable {
        struct Found: Decodable {
            let text, type: String
            let score: Double
        }

        let id: String
        let entities: [Found]
        let imageStatus: String
        let belowThreshold: Int?
    }

    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func predict(_ arguments: String..., input: Data = Data()) throws -> Program.Outcome {
        try Program.run(["predict", "--model", Workshop.model().path] + arguments, input: input)
    }

    private func predictions(_ outcome: Program.Outcome) throws -> [Prediction] {
        try outcome.lines.map { try JSONDecoder().decode(Prediction.self, from: Data($0.utf8)) }
    }

    @Test("A table, JSON lines and lines of text with the same posts give the same")
    func formats() throws {
        let texts = ["Anna flew to Paris yesterday", "we love Oslo", "Anna now works for Acme !"]
        let header = "tweet;id\n"
        let table = header + texts.enumerated().map { "\"\($1)\";p\($0)\n" }.joined()
        let json = texts.enumerated().map { #"{"tweet": "\#($1)", "id": "p\#($0)"}"# }.joined(separator: "\n")
        let fromTable = try predict(
            "--input", scratch.write(table, to: "posts.csv").path, "--text-column", "tweet")
        #expect(fromTable.status == 0 && fromTable.errors.isEmpty, "\(fromTable.errors)")
        let found = try predictions(fromTable)
        #expect(found.map(\.id) == ["p0", "p1", "p2"])
        #expect(found[0].entities.map(\.text) == ["Anna", "Paris"])
        let fromJSON = try predict("--input", scratch.write(json, to: "posts.jsonl").path, "--text-column", "tweet")
        #expect(fromJSON.output == fromTable.output)
        let piped = try predict(
            "--input", "-", "--format", "csv", "--text-column", "tweet", input: Data(table.utf8))
        #expect(piped.output == fromTable.output)
        let lines = try predict("--input", scratch.write(texts.joined(separator: "\n\n"), to: "posts.txt").path)
        #expect(try predictions(lines).map(\.id) == ["1", "3", "5"])
        #expect(try predictions(lines).map { $0.entities.map(\.text) } == found.map { $0.entities.map(\.text) })
    }

    @Test("A bad row has an error in its place; a missing column is named, with those that there are")
    func badRows() throws {
        let file = try scratch.write("text,image\nAnna,no.jpg\nOslo\n\"Paris\",\n", to: "posts.csv")
        let outcome = try predict("--input", file.path)
        #expect(outcome.status == 1 && outcome.lines.count == 3)
        #expect(
            outcome.lines[1].contains("posts.csv:3: 1 fields, but the header has 2")
                && outcome.lines[1].contains("\"line\":3"))
        #expect(outcome.errors.contains("1 of 3 lines could not be read"))
        let missing = try predict("--input", file.path, "--text-column", "txt")
        #expect(missing.failed(saying: "posts.csv:1: no column \"txt\"", "did you mean \"text\"?"), "\(missing.errors)")
        #expect(missing.output.isEmpty)
    }

    @Test("20,000 rows take no more memory than 2,000")
    func constantMemory() throws {
        func peak(_ count: Int) throws -> Int {
            let rows = (0..<count).map { "\($0),\"Anna flew\nto Paris\"\n" }.joined()
            let file = try scratch.write("id,text\n" + rows, to: "posts.csv")
            let output = scratch["found.jsonl"]
            let outcome = try predict("--input", file.path, "--output", output.path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try String(contentsOf: output, encoding: .utf8).split(separator: "\n").count == count)
            return outcome.peakMemory
        }
        let (few, many) = (try peak(2_000), try peak(20_000))
        #expect(many < few + 48 << 20, "\(few >> 20) MiB, then \(many >> 20) MiB")
    }

    @Test("A threshold leaves entities out and counts them, by post and in all")
    func threshold() throws {
        let file = try scratch.write(TinyCorpus.lines(30, seed: 4).joined(separator: "\n"), to: "posts.jsonl")
        let all = try predictions(predict("--input", file.path))
        let scores = all.flatMap(\.entities).map(\.score).sorted()
        let threshold = scores[scores.count / 2]
        let outcome = try predict("--input", file.path, "--threshold", "\(threshold)")
        let kept = try predictions(outcome)
        let below = scores.count { $0 < threshold }
        #expect(
            all.allSatisfy { $0.belowThreshold == nil } && kept.reduce(0) { $0 + ($1.belowThreshold ?? 0) } == below)
        #expect(kept.flatMap(\.entities).count == scores.count - below)
        #expect(below > 0 && outcome.errors == "\(below) entities scored below the threshold and were left out\n")
    }

    /// What one post gives on a terminal, in lines.
    private func shown(_ arguments: String..., environment: [String: String]) throws -> [String] {
        let post = ["predict", "--model", try Workshop.model().path, "--text", "Anna flew to Paris yesterday"]
        let outcome = try Program.run(post + arguments, onTerminal: environment)
        return outcome.output.split(separator: "\r\n").map(String.init)
    }

    @Test("A terminal gets the text with marks, in colours where it has them and nobody refuses them; or JSON")
    func terminal() throws {
        let plain = /\[Anna\]\(PER [01]\.\d\d\) flew to \[Paris\]\(LOC [01]\.\d\d\) yesterday/
        let coloured = try shown(environment: ["TERM": "xterm"])
        #expect(coloured.count == 1 && coloured[0].contains("\u{1B}[1;"))
        #expect(coloured[0].replacing(/\u{1B}\[[0-9;]*m/, with: "").wholeMatch(of: plain) != nil, "\(coloured)")
        for environment in [["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "dumb"]] {
            let lines = try shown(environment: environment)
            #expect(lines.count == 1 && lines[0].wholeMatch(of: plain) != nil, "\(lines)")
        }
        let json = try shown("--json", environment: ["TERM": "xterm"])
        #expect(json.first == "{" && !json.joined().contains("\u{1B}"))
        let context = String(repeating: "a photo of a town by the sea ", count: 40)
        let remarks = try shown("--context", context, environment: ["TERM": "dumb"])
        #expect(remarks.last == "the end of the context did not fit and was not read", "\(remarks)")
    }
}
