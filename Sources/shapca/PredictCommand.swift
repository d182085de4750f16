import ArgumentParser
import Corpus
import Extraction
import Foundation
import Prediction

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Find the entities of posts, or their relations.",
        discussion: """
            One post from the command line:

              shapca predict --model DIR --text "Rocky is ready for snow season" --image rocky.jpg

            or a stream of them, one JSON object a line with "tokens" or "text", and "image" and "context" where there are \
            any; "-" reads standard input. A picture's path is relative to the folder of FILE, or to the working folder:

              shapca predict --model DIR --input posts.jsonl --output found.jsonl

            Each line of the result has the entities with "start", "end", "text", "type" and "score". A model of relations \
            or of both adds "relations" with "head", "tail", "type" and "score". The line also tells the outcome of the \
            picture ("imageStatus": used, none, missing, unreadable) and whether the post or its context was too long \
            ("truncated", "contextTruncated"). \
            Results come in the order of the posts, as soon as no further post is waiting, in constant memory. A line that is \
            not a post becomes {"line", "error"}, the others are predicted, and the exit status is 1. FILE of --output appears \
            when all posts are done; after Ctrl-C, a termination or an error, FILE.part has what was found before.

            A model of relations asks for the relation of two entities that the post names, as in \
            {"tokens": ["Messi", "joins", "Miami"], "entities": [{"start": 0, "end": 1, "type": "entity"}, \
            {"start": 2, "end": 3, "type": "entity"}]}. Where a post names more than two, it also names the pairs, as in \
            "relations": [{"head": 0, "tail": 2, "type": "None"}]; the model ignores the type. A model of entities and \
            relations together does not tell their direction: its "head" is the entity that comes first.

            --context-generator describes the pictures of posts without a context, as `shapca contexts` does and with the \
            same cache. "contextStatus" tells the outcome: given, generated, cached, none, or failed with "contextError"; \
            a post whose context failed is predicted without one. The exit status is 1 if the server stopped answering.
            """)

    @Option(help: ArgumentHelp("The model folder.", valueName: "dir"), transform: URL.argument)
    var model: URL

    @Option(help: "The text of one post.")
    var text: String?

    @Option(help: ArgumentHelp("The picture of that post.", valueName: "file"))
    var image: String?

    @Option(help: "A context for that post, usually a description of its picture.")
    var context: String?

    @Option(help: ArgumentHelp("Posts, one JSON object a line; - for standard input.", valueName: "file"))
    var input: String?

    @Option(
        help: ArgumentHelp("Where results go; standard output when not given.", valueName: "file"),
        transform: URL.argument)
    var output: URL?

    @OptionGroup var inference: InferenceOptions

    @OptionGroup var contextOptions: PredictionContextOptions

    func validate() throws {
        guard (text == nil) != (input == nil) else { throw ValidationError("give either --text or --input") }
        if input != nil, image != nil || context != nil {
            throw ValidationError("--image and --context go with --text; the posts of --input name their own")
        }
        if text != nil, output != nil { throw ValidationError("--output goes with --input") }
        if let input { try output?.checkIsNotInput(URL(filePath: input), named: "--input") }
    }

    func run() throws {
        let extractor = try inference.open(model)
        let contexts = try contextOptions.contexts(isRead: extractor.configuration.usesContext)
        let predictor = Predictor(extractor, contexts: contexts, batchSize: inference.batchSize)
        defer { contexts?.finish() }
        if let text {
            guard extractor.configuration.task.findsEntities else { throw EntitiesAreNeeded() }
            return try predict(Post(id: "1", content: .text(text), image: image, context: context), with: predictor)
        }
        let tally = try predictStream(with: predictor)
        for note in tally.notes { Console.note(note) }
        if tally.failures > 0 || contexts?.stop != nil { throw ExitCode.failure }
    }

    private func predict(_ post: Post, with predictor: Predictor) throws {
        let outcomes = try waiting {
            try await predictor.predictions(of: AsyncStream { continuation in
                continuation.yield(post)
                continuation.finish()
            }).reduce(into: []) { $0.append($1) }
        }
        for outcome in outcomes { try Console.print(json: outcome) }
    }

    private func predictStream(with predictor: Predictor) throws -> PredictionTally {
        let (file, output) = (input.flatMap { $0 == "-" ? nil : URL(filePath: $0) }, output)
        let interrupt = output.map { _ in Interrupt() }
        let (tally, notes, part, isStopped) = try waiting {
            let lines = try file.map { try LineReader($0) } ?? LineReader(.standardInput, name: "standard input")
            let posts = PostLines(
                lines, picturesIn: file?.deletingLastPathComponent() ?? URL(filePath: "."),
                shouldStop: { interrupt?.wasAsked == true })
            let writer = try output.map { try JSONLinesWriter<PredictionOutcome>($0) }
            var tally = PredictionTally()
            do {
                for try await outcome in predictor.predictions(of: posts) {
                    tally.count(outcome)
                    if let writer { try writer.write(outcome) } else { try Console.print(line: outcome) }
                }
                let isStopped = interrupt?.wasAsked == true
                let part = isStopped ? try writer?.keepPart() : nil
                if !isStopped { try writer?.finish() }
                return (tally, posts.findings.notes, part, isStopped)
            } catch {
                if let part = try? writer?.keepPart() {
                    Console.note("the results that could be written are in \(part.path(percentEncoded: false))")
                }
                throw error
            }
        }
        if isStopped {
            let place = part.map { "; their results are in \($0.path(percentEncoded: false))" } ?? ""
            Console.note("stopped after \(tally.posts + tally.failures) posts\(place)")
            throw ExitCode(130)
        }
        for note in notes { Console.note(note) }
        return tally
    }
}

/// A model of relations was given a text alone.
private struct EntitiesAreNeeded: Error, CustomStringConvertible {
    let description = "the model finds the relation of two given entities; name them in a post of --input"
}
