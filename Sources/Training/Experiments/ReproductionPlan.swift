import Corpus
import Extraction
import Foundation

/// The runs that a table takes.
public struct ReproductionPlan: Sendable {
    /// One model to be trained and tested.
    public struct Run: Sendable {
        public let variant: Variant
        public let trained: Benchmark
        public let tested: Benchmark
        public let generator: String
        public let seed: Int
        let configuration: TrainingConfiguration

        /// The run's folder below that of the reproduction. Rows of two tables that are the same run share it.
        public var path: String { "runs/\(trained.rawValue)/\(variant.slug)/\(generator)/seed-\(seed)" }

        /// One line for people.
        public var title: String {
            "\(trained.title(testedOn: tested)), \(variant.name), contexts of \(generator), seed \(seed)"
        }
    }

    /// What to run.
    public struct Request: Sendable {
        public var table: PaperTable
        /// The folder with a folder for each dataset.
        public var data: URL
        /// The configuration files of the datasets.
        public var configurations: URL
        /// Nil for all that the table shows.
        public var benchmarks: [Benchmark]?
        public var seeds: Int
        /// The rows whose names have one of these texts in them; empty for all.
        public var rows: [String]
        /// Nil for the first generator whose contexts are there.
        public var generator: String?
        /// `key=value` settings of every run, such as another encoder.
        public var settings: [String]

        public init(
            table: PaperTable, data: URL, configurations: URL, benchmarks: [Benchmark]? = nil, rows: [String] = [],
            seeds: Int = 3, generator: String? = nil, settings: [String] = []
        ) {
            self.table = table
            self.data = data
            self.configurations = configurations
            self.benchmarks = benchmarks
            self.rows = rows
            self.seeds = seeds
            self.generator = generator
            self.settings = settings
        }

        fileprivate func asks(for variant: Variant) -> Bool {
            rows.isEmpty || rows.contains { variant.name.lowercased().contains($0.lowercased()) }
        }
    }

    public let request: Request
    public let runs: [Run]
    /// What people should know, such as that a dataset has no pictures.
    public let notes: [String]

    /// - Throws: ``ReproductionError``, ``ConfigurationError``, `CorpusError`.
    public init(_ request: Request) throws {
        self.request = request
        var runs: [Run] = []
        var notes: [String] = []
        for benchmark in request.benchmarks ?? request.table.benchmarks {
            let folder = request.data.appending(path: benchmark.rawValue)
            guard FileManager.default.fileExists(atPath: folder.path) else {
                throw ReproductionError.noDataset(benchmark.title, path: folder.path)
            }
            let generators = benchmark.generators(in: request.data)
            let (pictures, ownContexts) = try Self.survey(folder, images: benchmark.images(in: request.data))
            guard let first = request.generator ?? Self.preferred(generators) ?? (ownContexts ? Benchmark.own : nil)
            else { throw ReproductionError.noContexts(benchmark.title, path: folder.path) }
            if !pictures {
                notes.append("\(benchmark.title) has no pictures here: its rows are of the \"w/o image\" kind")
            }
            let configuration = try TrainingConfiguration(
                contentsOf: request.configurations.appending(path: benchmark.configurationFile))
            for variant in request.table.rows(generators: generators)
            where variant.applies(to: configuration.task) && request.asks(for: variant) {
                if !pictures, let reason = variant.reasonAgainstNoPictures {
                    notes.append(reason)
                    continue
                }
                let generator = variant.generator ?? first
                guard generator == Benchmark.own || benchmark.contexts(generator, in: request.data) != nil else {
                    throw ReproductionError.noContexts(
                        benchmark.title, path: "\(folder.path), contexts.\(generator).jsonl")
                }
                for seed in 1...max(request.seeds, 1) {
                    var settings = request.settings + variant.settings + ["training.seed=\(seed)"]
                    if !pictures { settings.append("picture.encoder=none") }
                    var run = configuration
                    try run.apply(overrides: settings)
                    let planned = Run(
                        variant: variant, trained: benchmark, tested: request.table.tested(trainedOn: benchmark),
                        generator: generator, seed: seed, configuration: run)
                    // Both curves of Figure 3 go through the default.
                    if !runs.contains(where: { $0.path == planned.path }) { runs.append(planned) }
                }
            }
        }
        guard !runs.isEmpty else { throw ReproductionError.noRows(request.rows) }
        // The first seed of every row comes before the second of any: an unfinished table is still a table.
        self.runs = runs.enumerated().sorted { ($0.element.seed, $0.offset) < ($1.element.seed, $1.offset) }
            .map(\.element)
        self.notes = notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The generator nearest to the paper's LLaVA-1.5.
    private static func preferred(_ generators: [String]) -> String? {
        ["llava", "llava-next", "blip2"].first(where: generators.contains) ?? generators.first
    }

    /// Whether most posts of a dataset have their picture, and whether any brings its context along. A handful of sample
    /// pictures makes no dataset with pictures.
    private static func survey(_ folder: URL, images: URL?) throws -> (pictures: Bool, contexts: Bool) {
        let dataset = try Dataset.load(folder: folder, images: images, only: [.valid])
        let posts = dataset[.valid]
        let present = posts.count { post in
            dataset.imageURL(of: post).map { FileManager.default.fileExists(atPath: $0.path) } ?? false
        }
        return (2 * present > posts.count, posts.contains { $0.context != nil })
    }
}

/// Why a table cannot be run.
public enum ReproductionError: Error, CustomStringConvertible, Sendable, Equatable {
    case noDataset(String, path: String)
    case noContexts(String, path: String)
    case otherSettings(path: String)
    case noRows([String])

    public var description: String {
        switch self {
        case .noDataset(let name, let path):
            "\(name) is not at \(path); put its folder there or name others with --datasets"
        case .noContexts(let name, let path):
            "\(path): no contexts of \(name); a file contexts.NAME.jsonl with {\"image\", \"context\"} lines is needed, "
                + "or a context in the posts themselves"
        case .noRows(let names):
            "no row that can be run here has \(names.joined(separator: " or ")) in its name; --dry-run without --rows "
                + "prints all rows"
        case .otherSettings(let path):
            "\(path) was made with other settings; give the same --set and --encoder, or another --output"
        }
    }
}
