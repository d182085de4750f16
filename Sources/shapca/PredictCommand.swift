import ArgumentParser
import Corpus
import Extraction
import Foundation
import Prediction
import Support

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Find the entities of posts, or their relations.",
        discussion: """
            Predicts one post:

              shapca predict --model DIR --text "Rocky is ready for snow season" --image rocky.jpg

            On a terminal the text comes back with its entities marked, as in [Rocky](MISC 0.97), and else as JSON.

            Or it predicts a stream of posts, one JSON object a line with "tokens" or "text", and "image" and "context" \
            if any, or "images", a list of such pairs:

              shapca predict --model DIR --input posts.jsonl --output found.jsonl

            A file that ends in .csv or .tsv has a row a post below a header with the columns "text", and "id", "image" \
            and "context" if any; commas, semicolons or tabs separate them. One that ends in .txt has the text of a post \
            a line. --format says it where the name does not, and --text-column and its like name other columns or \
            fields. The id of a post without one is the number of its row or line.

            The path of a picture is relative to the folder of FILE, else to the working folder. Each line of results \
            has "entities" with "start", "end", "text", "type" and "score". A model of relations or of both adds \
            "relations" with "head", "tail", "type" and "score". "imageStatus" is used, none, missing or unreadable; \
            "truncated" and "contextTruncated" tell whether the post or its context was too long. --threshold leaves \
            entities out that score lower, with their relations; "belowThreshold" is their number. A post of several \
            pictures has "images" with what became of each, and "imagesOmitted", the number of those that the model does \
            not read.

            Results keep the order of the posts and come without delay, in constant memory. A line that is not a post \
            becomes {"line", "error"}; the others are predicted, and the exit status is 1. FILE of --output appears \
            when all posts are done; after Ctrl-C, a termination or an error, FILE.part has the results so far.

            A model of relations needs two entities that the post names, as in {"tokens": ["Messi", "joins", "Miami"], \
            "entities": [{"start": 0, "end": 1, "type": "entity"}, {"start": 2, "end": 3, "type": "entity"}]}. A post \
            with more entities also names the pairs, as in "relations": [{"head": 0, "tail": 2, "type": "None"}]; the \
            model ignores the type. A model of entities and relations together does not tell the direction of a \
            relation: "head" is the entity that comes first.

            --context-generator describes the pictures that have no context, like `shapca contexts` and with the \
            same cache. "contextStatus" is given, generated, cached, none, or failed with "contextError"; a post whose \
            context failed is predicted without one. The exit status is 1 if the server stopped answering.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "The text of one post.")
    var text: String?

    @Option(help: .file("The picture of that post; once for each of several."))
    var image: [String] = []

    @Option(
        help: "A context for that post, usually a description of its picture; once for each picture, in their order.")
    var context: [String] = []

    @Option(help: .file("Posts, a line or row each; - for standard input."))
    var input: String?

    @OptionGroup var list: PostListOptions

    @Option(help: .file("The file of results; standard output when not given."), transform: URL.argument)
    var output: URL?

    @Option("The score below which an entity is left out and counted", in: 0...1, unit: "score")
    var threshold: Double?

    @Flag(help: "Print JSON of --text on a terminal too.")
    var json = false

    @OptionGroup var inference: InferenceOptions

    @OptionGroup var contextOptions: PredictionContextOptions

    func validate() throws {
        guard (text == nil) != (input == nil) else { throw ValidationError("give either --text or --input") }
        if input != nil, !image.isEmpty || !context.isEmpty {
            throw ValidationError("--image and --context need --text; the posts of --input name their own")
        }
        guard context.isEmpty || context.count == max(1, image.count) else {
            throw ValidationError("give --context once for each --image, in their order, or not at all")
        }
        if text != nil, output != nil { throw ValidationError("--output needs --input") }
        try list.check(input: input)
        if let input { try output?.checkIsNotInput(URL(filePath: input), named: "--input") }
    }

    func run() throws {
        let extractor = try inference.open(model.folder(), isForOnePost: text != nil)
        let hasPictures = input != nil || !image.isEmpty
        let contexts = hasPictures ? try contextOptions.contexts(for: extractor.configuration) : nil
        let predictor = Predictor(
            extractor, contexts: contexts, batchSize: inference.batchSize,
            threshold: try extractor.checked(threshold: threshold))
        defer { contexts?.finish() }
        if let text {
            guard extractor.configuration.task.findsEntities else { throw EntitiesAreNeeded() }
            let post = Post(id: "1", content: .text(text), pictures: pictures)
            return try predict(post, with: predictor, types: extractor.configuration.labels.entityTypes)
        }
        let tally = try predictStream(with: predictor)
        for note in tally.notes { Console.note(note) }
        if tally.failures > 0 || contexts?.stop != nil { throw ExitCode.failure }
    }

    /// The pictures of one post, with the contexts that are given.
    private var pictures: [Post.Picture] {
        (0..<max(image.count, context.count)).map { number in
            Post.Picture(
                image: number < image.count ? image[number] : nil,
                context: number < context.count ? context[number] : nil)
        }.filter { $0 != Post.Picture() }
    }

    private func predict(_ post: Post, with predictor: Predictor, types: [String]) throws {
        let isMarked = Console.isRead && !json
        try waiting {
            let posts = AsyncStream<Post> { continuation in
                continuation.yield(post)
                continuation.finish()
            }
            for try await outcome in predictor.predictions(of: posts) {
                guard isMarked, case .prediction(let prediction) = outcome else {
                    try Console.print(json: outcome)
                    continue
                }
                for line in MarkedPost(prediction, types: types).lines(isColoured: Console.isColoured) {
                    try Console.print(marked: line)
                }
                for remark in prediction.remarks { Console.note(remark) }
            }
        }
    }

    private func predictStream(with predictor: Predictor) throws -> PredictionTally {
        let (file, output) = (input.flatMap { $0 == "-" ? nil : URL(filePath: $0) }, output)
        let folder = file?.deletingLastPathComponent() ?? URL(filePath: ".")
        let (format, columns) = (list.format(of: input), list.columns)
        let interrupt = output.map { _ in Interrupt() }
        let (tally, notes, part, isStopped) = try waiting {
            let lines = try file.map { try LineReader($0) } ?? LineReader(.standardInput, name: "standard input")
            let posts = try PostLines(
                lines, format: format, columns: columns, picturesIn: folder,
                shouldStop: { interrupt?.wasAsked == true })
            let writer = try output.map { try JSONLinesWriter<PredictionOutcome>($0) }
            var tally = PredictionTally()
            do {
                for try await outcome in predictor.predictions(of: posts) {
                    tally.count(outcome)
                    if let writer { try writer.write(outcome) } else { try Console.print(json: outcome, isLine: true) }
                }
                let isStopped = interrupt?.wasAsked == true
                let part = isStopped ? try writer?.keepPart() : nil
                if !isStopped { try writer?.finish() }
                return (tally, posts.findings.notes, part, isStopped)
            } catch {
                if let part = try? writer?.keepPart() {
                    Console.note("the results so far are in \(part.path(percentEncoded: false))")
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

/// A model of relations cannot read a text alone.
private struct EntitiesAreNeeded: Error, CustomStringConvertible {
    let description = "the model finds the relation of two given entities; name them in a post of --input"
}
