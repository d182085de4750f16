import Corpus
import Foundation
import Training

/// The runs that a table takes.
package struct ReproductionPlan: Sendable {
    /// One model to be trained and tested.
    package struct Run: Sendable {
        package let variant: Variant
        package let trained: StudyDataset
        package let tested: StudyDataset
        package let generator: String
        package let seed: Int
        /// Whether the other rows of the dataset are compared to this one.
        let isReference: Bool
        package let configuration: TrainingConfiguration

        /// The run's folder below that of the reproduction. Rows of two tables that are the same run share it.
        package var path: String { "runs/\(trained.rawValue)/\(variant.slug)/\(generator)/seed-\(seed)" }

        /// One line for people.
        package var title: String {
            "\(trained.title(testedOn: tested)), \(variant.name), contexts of \(generator), seed \(seed)"
        }
    }

    /// The request for a plan.
    package struct Request: Sendable {
        package var experiment: Experiment
        /// The folder with a folder for each dataset.
        package var data: URL
        /// The configuration files of the datasets.
        package var configurations: URL
        /// Nil for all that the table shows.
        package var datasets: [StudyDataset]?
        package var seeds: ClosedRange<Int>
        /// The rows whose names have one of these texts in them, or the row whose name is the text; empty for all.
        package var rows: [String]
        /// Nil for the first generator whose contexts are there.
        package var generator: String?
        /// `key=value` settings of every run, such as another encoder.
        package var settings: [String]
        /// The folder with a folder for each dataset that has its contexts.
        package var contextFolder: URL

        package init(
            _ experiment: Experiment, data: URL, configurations: URL, datasets: [StudyDataset]? = nil,
            rows: [String] = [],
            seeds: ClosedRange<Int> = 1...3, generator: String? = nil, settings: [String] = [],
            contextFolder: URL? = nil
        ) {
            self.experiment = experiment
            self.data = data
            self.configurations = configurations
            self.datasets = datasets
            self.rows = rows
            self.seeds = seeds
            self.generator = generator
            self.settings = settings
            self.contextFolder = contextFolder ?? data
        }

        /// The seeds that a text asks for: `3` for 1 to 3, `11-20` for 11 to 20.
        /// - Throws: ``ReproductionError/badSeeds(_:)``.
        package static func seeds(_ text: String) throws -> ClosedRange<Int> {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let last = ends[ends.count - 1],
                let first = ends.count > 1 ? ends[0] : 1,
                (0...last).contains(first), last - first < 10_000
            else { throw ReproductionError.badSeeds(text) }
            return first...last
        }

        /// The rows that are asked for: of a text that is the whole name of one, only that one.
        fileprivate func asked(of variants: [Variant]) -> [Variant] {
            guard !rows.isEmpty else { return variants }
            let names = Set(variants.map { $0.name.lowercased() })
            let texts = rows.map { $0.lowercased() }
            return variants.filter { variant in
                let name = variant.name.lowercased()
                return texts.contains { $0 == name || !names.contains($0) && name.contains($0) }
            }
        }

        /// The folder of a dataset.
        /// - Throws: ``ReproductionError/noDataset(_:path:)``.
        fileprivate func folder(of dataset: StudyDataset) throws -> URL {
            let folder = dataset.folder(in: data)
            guard FileManager.default.fileExists(atPath: folder.path) else {
                throw ReproductionError.noDataset(dataset.title, path: folder.path)
            }
            return folder
        }

        /// - Throws: ``ReproductionError/noContexts(_:path:)``.
        fileprivate func requireContexts(_ generator: String, of dataset: StudyDataset) throws {
            guard generator != StudyDataset.own, dataset.contexts(generator, in: contextFolder) == nil else {
                return
            }
            throw ReproductionError.noContexts(
                dataset.title, path: "\(dataset.folder(in: contextFolder).path), contexts.\(generator).jsonl")
        }
    }

    package let request: Request
    package let runs: [Run]
    /// Notes to show before the runs, such as that a dataset has no pictures.
    package let notes: [String]

    /// - Throws: ``ReproductionError``, ``ConfigurationError``, `CorpusError`.
    package init(_ request: Request) throws {
        self.request = request
        let datasets = (request.datasets ?? request.experiment.datasets).withoutRepetitions
        let parts = try datasets.map { try Self.plan($0, request) }
        let runs = parts.flatMap(\.runs)
        guard !runs.isEmpty else { throw ReproductionError.noRows(request.rows) }
        // The first seed of every row comes before the second of any: an unfinished table is still a table.
        self.runs = runs.enumerated().sorted { ($0.element.seed, $0.offset) < ($1.element.seed, $1.offset) }
            .map(\.element)
        notes = parts.flatMap(\.notes).withoutRepetitions
    }

    /// The runs of one dataset.
    private static func plan(
        _ dataset: StudyDataset, _ request: Request
    ) throws -> (runs: [Run], notes: [String]) {
        let tests = request.experiment.tests(trainedOn: dataset)
        guard !tests.isEmpty else { throw ReproductionError.noTransfer(dataset.title) }
        let folder = try request.folder(of: dataset)
        for tested in tests { _ = try request.folder(of: tested) }
        let (arePicturesThere, ownContexts) = try survey(folder, images: dataset.images(in: request.data))
        let generators = dataset.generators(in: request.contextFolder)
        guard let first = request.generator ?? preferred(generators) ?? (ownContexts ? StudyDataset.own : nil) else {
            throw ReproductionError.noContexts(dataset.title, path: dataset.folder(in: request.contextFolder).path)
        }
        var configuration = try TrainingConfiguration(
            contentsOf: request.configurations.appending(path: dataset.configurationFile))
        try configuration.apply(overrides: Self.pinned + request.settings)
        let pictures = arePicturesThere && configuration.picture.encoder != "none"
        let absence = arePicturesThere ? "is read with picture.encoder=none" : "has no pictures here"
        var runs: [Run] = []
        var notes = pictures ? [] : ["\(dataset.title) \(absence): its rows are of the \"w/o image\" kind"]
        let all = request.experiment.rows(of: dataset, generators: generators)
        let rows = request.asked(of: all.filter { $0.applies(to: configuration.task) })
        var kept = rows.filter { $0.slug == Variant.exact.slug }
        for variant in rows {
            if !pictures, let reason = try variant.reasonAgainstNoPictures(in: configuration, besides: kept) {
                notes.append(reason)
                continue
            }
            kept.append(variant)
            let generator = variant.generator ?? first
            for dataset in [dataset] + tests { try request.requireContexts(generator, of: dataset) }
            for (seed, tested) in request.seeds.flatMap({ seed in tests.map { (seed, $0) } }) {
                let settings = variant.settings + ["training.seed=\(seed)"]
                var own = configuration
                try own.apply(overrides: settings + (pictures ? [] : ["picture.encoder=none"]))
                try variant.requireDrawn(at: own)
                let run = Run(
                    variant: variant, trained: dataset, tested: tested, generator: generator, seed: seed,
                    isReference: variant.slug == Variant.exact.slug && generator == first, configuration: own)
                // Both curves of Figure 3 go through the default.
                if !runs.contains(where: { $0.path == run.path && $0.tested == tested }) { runs.append(run) }
            }
        }
        return (runs, notes)
    }

    /// What no measurement may change between the runs of a table, unless the request names it.
    private static let pinned = ["training.precision=bf16", "training.kernels=onednn"]

    /// The generator that comes nearest to the paper's LLaVA-1.5.
    private static func preferred(_ generators: [String]) -> String? {
        ["llava", "llava-next", "blip2"].first(where: generators.contains) ?? generators.first
    }

    /// Whether most posts of a dataset have their picture, and whether any brings its context along. A handful of sample
    /// pictures makes no dataset with pictures.
    private static func survey(_ folder: URL, images: URL?) throws -> (pictures: Bool, contexts: Bool) {
        let posts = try Dataset.load(folder: folder, images: images, only: [.valid])[.valid]
        let present = posts.count { post in
            post.pictures.contains { $0.imageURL.map { FileManager.default.fileExists(atPath: $0.path) } ?? false }
        }
        return (2 * present > posts.count, posts.contains(where: \.hasContext))
    }
}

extension Array where Element: Equatable {
    /// The elements in their order, each once.
    fileprivate var withoutRepetitions: [Element] {
        reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
