import ArgumentParser
import Corpus
import Extraction
import Foundation

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Find the entities of posts, or their relations.",
        discussion: """
            One post from the command line:

              shapca predict --model DIR --text "Rocky is ready for snow season" --image rocky.jpg

            or a stream of them, one JSON object a line with "tokens" or "text", and "image" and "context" where there are \
            any; "-" reads standard input. Pictures are looked for in the folder of FILE, or in the working folder:

              shapca predict --model DIR --input posts.jsonl --output found.jsonl

            Each line of the result has the entities with "start", "end", "text", "type" and "score", from a model of \
            relations or of both also "relations" with "head", "tail", "type" and "score", and says what became \
            of the picture ("imageStatus": used, none, missing, unreadable) and whether the post or its context was too \
            long ("truncated", "contextTruncated"). \
            Results come in the order of the posts, as soon as no further post is waiting, in constant memory. A line that is \
            no post gives {"line", "error"} and the rest goes on; the exit status is then 1. FILE of --output is there when \
            all posts are; what was found before Ctrl-C, a termination or an error is in FILE.part.

            A model of relations asks for the relation of two entities that the post names, as in \
            {"tokens": ["Messi", "joins", "Miami"], "entities": [{"start": 0, "end": 1, "type": "entity"}, \
            {"start": 2, "end": 3, "type": "entity"}]}. Where a post names more than two, it also names the pairs, as in \
            "relations": [{"head": 0, "tail": 2, "type": "None"}]; the type is not looked at. A model of entities and \
            relations together does not tell their direction: its "head" is the entity that comes first.

            --context-generator has the pictures of posts without a context described, as `shapca contexts` does and \
            through the same cache. "contextStatus" says what became of it: given, generated, cached, none, or failed with \
            "contextError"; a post whose context failed is predicted without one. Where the server had to be given up, the \
            exit status is 1.
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
        let contexts = try contextOptions.contexts(isRead: extractor.model.configuration.usesContext)
        defer { warn(contexts) }
        if let text {
            guard extractor.model.configuration.task != .relations else { throw EntitiesAreNeeded() }
            let post = Post(id: "1", content: .text(text), image: image, context: context)
            let posts = try contexts.attach(to: [post]) { $0.image.map { URL(filePath: $0) } }
            let extraction = try extractor.extract(posts.map(\.post))[0]
            try Console.print(
                json: Prediction(posts[0], extraction: extraction, task: extractor.model.configuration.task))
            return
        }
        let lines: LineReader
        let base: URL
        if let input, input != "-" {
            let file = URL(filePath: input)
            lines = try LineReader(file)
            base = file.deletingLastPathComponent()
        } else {
            lines = LineReader(.standardInput, name: "standard input")
            base = URL(filePath: ".")
        }
        let interrupt = output.map { _ in Interrupt() }
        if let interrupt { lines.shouldStop = { interrupt.wasAsked } }
        let sink = try PredictionSink(output)
        var stream = PredictionStream(
            reader: JSONLinesReader(lines: lines), extractor: extractor, contexts: contexts, imageBase: base,
            batchSize: inference.batchSize)
        let isStopped: Bool
        var part: URL?
        do {
            while interrupt?.wasAsked != true, let predictions = try stream.next() { try sink.write(predictions) }
            isStopped = interrupt?.wasAsked == true
            if isStopped { part = try sink.keepPart() } else { try sink.finish() }
        } catch {
            if let part = try? sink.keepPart() {
                Console.note("the results that could be written are in \(part.path(percentEncoded: false))")
            }
            throw error
        }
        if isStopped {
            let place = part.map { "; their results are in \($0.path(percentEncoded: false))" } ?? ""
            Console.note("stopped after \(stream.posts + stream.failures) posts\(place)")
            throw ExitCode(130)
        }
        warn(stream)
        if stream.failures > 0 || contexts.stop != nil { throw ExitCode.failure }
    }

    /// Says what was odd in the posts, and which were not answered in full.
    private func warn(_ stream: PredictionStream) {
        for note in stream.findings.notes { Console.note(note) }
        if stream.unpaired > 0 {
            Console.note("\(stream.unpaired) posts name fewer than two entities, so that there is no pair to ask about")
        }
        if stream.unasked > 0 {
            Console.note("\(stream.unasked) posts name more than two entities but no pair of them in \"relations\"")
        }
        if stream.unanswered > 0 {
            Console.note(
                "\(stream.unanswered) posts have pairs without an answer: an entity has no words, or they do not fit")
        }
        if stream.failures > 0 {
            Console.note("\(stream.failures) of \(stream.posts + stream.failures) lines could not be read")
        }
    }

    /// Says how many posts are without the context that was asked for.
    private func warn(_ contexts: PostContexts) {
        if contexts.failures > 0 { Console.note("\(contexts.failures) contexts could not be made") }
        if let stop = contexts.stop { Console.note(stop) }
    }
}

/// A model of relations was given a text alone.
private struct EntitiesAreNeeded: Error, CustomStringConvertible {
    let description = "the model finds the relation of two given entities; name them in a post of --input"
}
