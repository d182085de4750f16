import ArgumentParser
import Contexts
import Corpus
import Extraction
import Foundation
import Support
import Torch
import Training

/// The options of every command that runs a model.
struct DeviceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The device: cpu, cuda or cuda:N.", valueName: "device"))
    var device = "cpu"

    @Option("Threads of an operator; all cores when not given", in: 1...mostThreads)
    var threads: Int?

    static let mostThreads = max(64, 4 * ProcessInfo.processInfo.processorCount)

    /// The device, ready to be used.
    func prepare() throws -> Device {
        if let threads { Engine.threadCount = threads }
        Engine.calmThreads()
        guard let device = Device(device) else {
            throw ValidationError("--device is \"\(self.device)\"; it can be cpu, cuda or cuda:N")
        }
        try device.require()
        return device
    }
}

/// The option of commands that name a model.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model: a name that `shapca models` lists, its folder, or that of a run; \(ModelNames.standard) when not given.",
            valueName: "name|dir"))
    var model: String?

    func validate() throws { _ = try model.map(URL.argument) }

    /// The model's folder.
    /// - Throws: `ModelNameError`.
    func folder() throws -> URL { try ModelNames().folder(of: model) }
}

/// The options of commands that use a trained model.
struct InferenceOptions: ParsableArguments {
    @OptionGroup var device: DeviceOptions

    @Option(
        help: "Precision of matrix products; auto is the faster of fp32 and bf16 by a measurement; int8 is for the CPU."
    )
    var precision = PredictionPrecision.auto

    @Option(
        help:
            "Engines of matrix products; auto is the fastest of each by a measurement. SHAPCA_KERNELS sets the default."
    )
    var kernels: KernelSetting?

    @Option("Posts a batch", in: 1...4096)
    var batchSize = 32

    /// Opens a model folder on the chosen device.
    /// - Parameter isForOnePost: whether it is for one post, which does not wait for a measurement.
    func open(_ model: URL, isForOnePost: Bool = false) throws -> Extractor {
        var extractor = try Extractor(modelFolder: model, device: try device.prepare())
        try extractor.chooseKernels(
            kernels ?? KernelSetting.ofEnvironment(), precision: precision, batchSize: isForOnePost ? 1 : batchSize,
            measuring: !isForOnePost)
        return extractor
    }
}

extension Extractor {
    /// A threshold on the scores of entities.
    /// - Throws: `ValidationError` where the model finds none.
    func checked(threshold: Double?) throws -> Double? {
        guard threshold == nil || configuration.task.findsEntities else {
            throw ValidationError("--threshold is for entities that a model finds; this one is given them")
        }
        return threshold
    }
}

extension KernelSetting: ExpressibleByArgument {
    /// What SHAPCA_KERNELS says; `auto` where it says nothing.
    static func ofEnvironment() throws -> KernelSetting {
        let name = "SHAPCA_KERNELS"
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return .auto }
        guard let setting = KernelSetting(rawValue: value) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(name) is \(value.quoted); it can be \(names)")
        }
        return setting
    }
}

extension PredictionPrecision: ExpressibleByArgument {}

/// The options of commands that read a dataset: the parts that may be elsewhere.
struct DatasetOptions: ParsableArguments {
    @Option(help: .file("Contexts by picture, JSON lines {\"image\", \"context\"}."), transform: URL.argument)
    var contexts: URL?

    @Option(help: .folder("The folder of the pictures; the dataset's own when not given."), transform: URL.argument)
    var images: URL?

    var isGiven: Bool { contexts != nil || images != nil }

    /// A dataset with the parts that are elsewhere, or those that a configuration lists.
    /// - Throws: `CorpusError`, `DataSourceError`, `ConfigurationError`.
    func load(_ data: URL, only: Set<Split>? = nil) throws -> Dataset {
        guard let sources = try list(in: data) else {
            return try Dataset.load(folder: data, contexts: contexts, images: images, only: only)
        }
        return try Dataset.load(sources, only: only)
    }

    /// The datasets that a configuration lists; nil for a path that is no YAML file.
    /// - Throws: `ConfigurationError`.
    func list(in file: URL) throws -> [DataSource]? {
        guard ["yaml", "yml"].contains(file.pathExtension) else { return nil }
        let sources = try TrainingConfiguration(contentsOf: file).data
        guard !sources.isEmpty else {
            throw ValidationError("\(file.path(percentEncoded: false)): lists no data sets; write them under data")
        }
        try checkAgainstList()
        return sources
    }

    /// Refuses options that each entry of a list has for itself.
    func checkAgainstList() throws {
        guard isGiven else { return }
        throw ValidationError("--contexts and --images are for one data set; a list has them in its entries")
    }
}

/// The options of commands that read pictures.
struct PictureOptions: ParsableArguments {
    @Option(help: .folder("A folder of pictures."), transform: URL.argument)
    var images: URL?

    @Option(help: .folder("A dataset, for the pictures of its posts."), transform: URL.argument)
    var data: URL?

    var isGiven: Bool { images != nil || data != nil }

    func validate() throws {
        if images != nil, data != nil { throw ValidationError("give either --images or --data") }
    }

    /// The pictures, if any are named, with a note on the files that are left out.
    func files() throws -> PictureFiles? {
        let files = try PictureFiles.find(in: images, orOfDataset: data)
        for note in files?.findings.notes ?? [] { Console.note(note) }
        if let others = files?.otherFiles, others > 0 { Console.note("left out: \(others) files are not pictures") }
        return files
    }
}

/// The options of commands that use the cache of contexts.
struct CacheOptions: ParsableArguments {
    @Option(help: .file("The cache of contexts; a common one when not given."), transform: URL.argument)
    var cache: URL?

    func open() throws -> ContextCache { try ContextCache(cache ?? FetchedModels.contexts) }
}
