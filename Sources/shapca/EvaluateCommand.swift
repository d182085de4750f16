import ArgumentParser
import Corpus
import Extraction
import Foundation
import Prediction
import Support

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on annotated posts.",
        discussion: """
            Prints precision, recall and F1, overall and for each type, in percent, with the number of gold items and \
            the dataset's fingerprint. Entities count by exact span and type, relations of given entities without \
            None. Entities and relations together count strictly (spans, types, direction and relation), by unordered \
            pairs as EEGA does, and by boundaries only.

            --data may also be a configuration that lists data sets: each is scored by the types that are annotated in it, \
            and all together. Twitter-2015's OTHER is read as MISC where the model has only MISC.

            Of entities it also prints the expected calibration error, which tells how far scores are the shares of \
            entities that are right, and a table of what a threshold on scores keeps. Both are of all entities found, \
            whatever --threshold leaves out.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: .folder("The dataset's folder."), transform: URL.argument)
    var data: URL

    @Option(help: "The split for the scores.")
    var split = Split.test

    @OptionGroup var datasetOptions: DatasetOptions

    @Option(help: ArgumentHelp("Read a type as another in data and answers, as in OTHER=MISC.", valueName: "from=to"))
    var rename: [String] = []

    @Flag(help: "Print JSON, with scores as fractions.")
    var json = false

    @Option("The score below which an entity is left out", in: 0...1, unit: "score")
    var threshold: Double?

    @OptionGroup var contextOptions: PredictionContextOptions

    @OptionGroup var inference: InferenceOptions

    func run() throws {
        let renames = try rename.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--rename is \"\(pair)\"; write it as OTHER=MISC") }
            return (parts[0], parts[1])
        }
        var names = Dictionary(renames) { $1 }
        var dataset = try datasetOptions.load(data, only: [split])
        for note in dataset.findings.notes { Console.note(note) }
        let extractor = try inference.open(model.folder())
        let threshold = try extractor.checked(threshold: threshold)
        let posts = dataset[split]
        if let reading = extractor.configuration.labels.reading(of: posts, beside: names) {
            names[reading.from] = reading.to
            Console.note(
                "\(reading.count) gold entities of the type \(reading.from) are read as \(reading.to), which the model has; "
                    + "--rename \(reading.from)=\(reading.from) keeps them")
        }
        let types = extractor.configuration.labels.entityTypes + dataset.labels(of: split).entityTypes
        for name in names.keys.sorted() where !types.contains(name) {
            Console.note("--rename \(name)=\(names[name] ?? ""): neither the data nor the model has a type \(name)")
        }
        dataset.splits[split] = try described(posts, for: extractor.configuration)
        let report = try EvaluationReport(
            extractor, on: split, of: dataset, renaming: names, threshold: threshold, batchSize: inference.batchSize)
        if json { try Console.print(json: report) } else { try Console.print(report.description) }
    }

    /// The posts with contexts of the pictures that have none.
    private func described(_ posts: [Post], for model: ModelConfiguration) throws -> [Post] {
        guard posts.contains(where: \.lacksContext), let contexts = try contextOptions.contexts(for: model) else {
            return posts
        }
        defer { contexts.finish() }
        return try waiting { [most = model.maximumPictures] in
            var posts = posts
            try await contexts.attach(to: &posts, picturesOfPost: most)
            return posts
        }
    }
}

extension Split: ExpressibleByArgument {}
