import Corpus
import Foundation
import Language
import Support
import Torch
import Vision

/// A trained model on disk, with all that is needed to use it.
///
/// `config.json` (``ModelConfiguration``), `model.safetensors` (all encoders included), the tokenizer's files, `tagger/`,
/// and a model card, `README.md`. A model of adapters has `heads.safetensors`, `text/` and perhaps `picture/` in the place
/// of `model.safetensors`, see `AdapterFolder.swift`; a compact one of it has less still, see `CompactFolder.swift`.
enum ModelFolder {
    static let weights = "model.safetensors"
    static let configuration = "config.json"
    static let tagger = "tagger"
    static let card = "README.md"

    /// The structure that a folder's `config.json` tells.
    static func configuration(in folder: URL) throws -> ModelConfiguration {
        let file = folder.appending(path: Self.configuration)
        func bad(_ reason: String) -> ModelFolderError { .badConfiguration(path: file.path, reason: reason) }
        guard let data = try? Data(contentsOf: file) else { throw ModelFolderError.notAModel(folder.path) }
        let configuration: ModelConfiguration
        do {
            configuration = try JSONDecoder().decode(
                ModelConfiguration.self, from: data, rule: "put back the file that was saved")
        } catch {
            throw bad(error.description)
        }
        guard configuration.format == configuration.ownFormat else {
            throw bad("the format is \(configuration.format.quoted), not \(configuration.ownFormat)")
        }
        if let problem = configuration.problem { throw bad(problem) }
        return configuration
    }

    /// - Throws: ``ModelFolderError/occupied(_:)`` where a folder is neither new nor empty.
    static func requireFree(_ output: URL) throws {
        let there = try? FileManager.default.contentsOfDirectory(atPath: output.path)
        guard there?.isEmpty ?? !FileManager.default.fileExists(atPath: output.path) else {
            throw ModelFolderError.occupied(output.path)
        }
    }

    /// The model of a folder that holds all weights.
    fileprivate static func wholeModel(_ configuration: ModelConfiguration, in folder: URL) throws -> ShapCA {
        let model = try Initialization.deferred {
            ShapCA(configuration, imageEncoder: configuration.imageEncoder?.makeEncoder())
        }
        let weights = folder.appending(path: Self.weights)
        try model.load(loadWeights(at: weights), file: weights)
        return model
    }
}

extension Extractor {
    /// Opens a model folder.
    /// - Parameters:
    ///   - device: the device on which the model runs.
    ///   - precision: of matrix products; nil for 32-bit floats.
    /// - Throws: ``ModelFolderError`` and the errors of its parts.
    public init(modelFolder folder: URL, device: Device = .cpu, precision: DType? = nil) throws {
        try self.init(modelFolder: folder, device: device, precision: precision, featureCache: nil)
    }

    /// The same, with a folder that keeps the features of an image encoder that was not trained.
    package init(modelFolder folder: URL, device: Device, precision: DType?, featureCache: URL?) throws {
        try device.require()
        let configuration = try ModelFolder.configuration(in: folder)
        try configuration.compact.map { try CompactFolder(folder).check($0) }
        let textFolder = try configuration.compact?.tokenizer?.place("tokenizer", for: folder) ?? folder
        let model =
            try configuration.encoders.map { try AdapterFolder(folder).model(configuration, $0, tokenizer: textFolder) }
            ?? ModelFolder.wholeModel(configuration, in: folder)
        try withTorchErrors { model.move(to: device) }
        let taggerFolder =
            try configuration.compact?.tagger?.place("tagger", for: folder)
            ?? folder.appending(path: ModelFolder.tagger)
        let tagger = configuration.partsOfSpeech.isEmpty ? nil : try PartOfSpeechTagger(folder: taggerFolder)
        guard tagger?.tags ?? [] == configuration.partsOfSpeech else {
            throw ModelFolderError.badConfiguration(
                path: taggerFolder.path,
                reason: "the model was trained with another tagger; put back the one that it was written with")
        }
        try self.init(
            model: model, tokenizer: loadTokenizer(folder: textFolder, for: configuration.textEncoder), tagger: tagger,
            precision: precision, featureCache: featureCache)
    }

    /// Writes the temperature of the scores into a model folder.
    /// - Throws: ``ModelFolderError``, and an error of the file system.
    package static func setScoreTemperature(_ temperature: Double?, ofModelFolder folder: URL) throws {
        var configuration = try ModelFolder.configuration(in: folder)
        guard configuration.scoreTemperature != temperature else { return }
        configuration.scoreTemperature = temperature
        try AtomicFile.write(
            JSONEncoder.readable.encode(configuration), to: folder.appending(path: ModelFolder.configuration))
    }

    /// A fresh model over trained encoders.
    /// - Parameters:
    ///   - textFolder: a Hugging Face folder of a text encoder.
    ///   - taggerFolder: the converted tagger; nil for a model that reads no parts of speech.
    /// - Throws: the errors of the parts.
    package static func fresh(
        configuration: (TextEncoderConfiguration, _ partsOfSpeech: [String]) -> ModelConfiguration, textFolder: URL,
        imageEncoder: (any ImageEncoder)?, taggerFolder: URL?, device: Device, precision: DType? = nil,
        featureCache: URL? = nil
    ) throws -> Extractor {
        try device.require()
        let tagger = try taggerFolder.map { try PartOfSpeechTagger(folder: $0) }
        let tags = tagger?.tags ?? []
        // Trained weights first: they prove the sizes for which memory is taken next.
        var trained = try loadTextEncoder(folder: textFolder)
        let tokenizer = try loadTokenizer(folder: textFolder, for: trained.configuration)
        if configuration(trained.configuration, tags).mre.markers {
            trained = try EntityMarkers.known(to: trained, tokenizer)
        }
        let text = trained.configuration
        let model = try withTorchErrors { ShapCA(configuration(text, tags), imageEncoder: imageEncoder) }
        try model.textEncoder.load(Dictionary(uniqueKeysWithValues: trained.state().map { ($0.path, $0.tensor) }))
        try withTorchErrors { model.move(to: device) }
        return try Extractor(
            model: model, tokenizer: tokenizer, tagger: tagger, precision: precision, featureCache: featureCache)
    }

    /// Writes everything of a model folder but the weights.
    /// - Parameters:
    ///   - textFolder, taggerFolder: the sources of the tokenizer's files, and of the tagger's where there is one.
    ///   - card: the model card, in Markdown.
    /// - Throws: an error of the file system.
    package func saveFolder(_ folder: URL, textFolder: URL, taggerFolder: URL?, card: String) throws {
        try saveFolder(folder, configuration, textFolder: textFolder, taggerFolder: taggerFolder, card: card)
    }

    /// The same of a configuration for another folder; no source, no files.
    func saveFolder(
        _ folder: URL, _ configuration: ModelConfiguration, textFolder: URL?, taggerFolder: URL?, card: String
    ) throws {
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        func copy(_ name: String, from source: URL, to destination: URL) throws {
            guard let data = try? Data(contentsOf: source.appending(path: name)) else { return }
            try AtomicFile.write(data, to: destination.appending(path: name))
        }
        if let textFolder { for name in tokenizer.fileNames { try copy(name, from: textFolder, to: folder) } }
        if let taggerFolder {
            let tagger = folder.appending(path: ModelFolder.tagger)
            try files.createDirectory(at: tagger, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: taggerFolder.path) {
                try copy(name, from: taggerFolder, to: tagger)
            }
        }
        try AtomicFile.write(
            JSONEncoder.readable.encode(configuration), to: folder.appending(path: ModelFolder.configuration))
        try AtomicFile.write(Data(card.utf8), to: folder.appending(path: ModelFolder.card))
    }

    /// Writes the weights of a model folder, each file whole or not at all.
    /// - Throws: `WeightsError`.
    package func saveWeights(to folder: URL) throws {
        guard let encoders = configuration.encoders else { return try saveWhole(to: folder) }
        try AdapterFolder(folder).save(model, encoders)
    }

    private func saveWhole(to folder: URL) throws {
        let tensors = Dictionary(uniqueKeysWithValues: model.state().map { ($0.path, $0.tensor.detached()) })
        try saveSafetensors(tensors, metadata: ["format": "pt"], to: folder.appending(path: ModelFolder.weights))
    }

    /// Writes the model of a folder with adapters as one that holds its encoders, in which the adapters are merged.
    /// - Parameter output: a folder that is new or empty.
    /// - Throws: ``ModelFolderError``, the errors of the folder's parts, and those of the file system.
    public static func mergeAdapters(ofModelFolder folder: URL, into output: URL) throws {
        let merged = try Extractor(modelFolder: folder)
        guard merged.configuration.compact == nil else { throw ModelFolderError.compact(folder.path) }
        guard merged.configuration.encoders != nil else { throw ModelFolderError.withoutAdapters(folder.path) }
        try ModelFolder.requireFree(output)
        var configuration = merged.configuration
        configuration.encoders = nil
        let card = (try? String(contentsOf: folder.appending(path: ModelFolder.card), encoding: .utf8)) ?? ""
        try merged.saveFolder(
            output, configuration, textFolder: folder,
            taggerFolder: configuration.partsOfSpeech.isEmpty ? nil : folder.appending(path: ModelFolder.tagger),
            card: card)
        try merged.saveWhole(to: output)
    }
}

/// Why a model folder cannot be used.
public enum ModelFolderError: Error, CustomStringConvertible, Sendable, Equatable {
    case notAModel(String)
    case badConfiguration(path: String, reason: String)
    /// An encoder that the folder names is at none of its places.
    case missingEncoder(model: String, role: String, name: String, places: [String])
    /// An encoder that the folder names has other weights.
    case otherEncoder(model: String, role: String, path: String, needed: String, found: String)
    /// Files of the folder are of different models.
    case mixed(path: String, other: String)
    /// The folder has no adapters.
    case withoutAdapters(String)
    /// There is something where a folder is to be written.
    case occupied(String)
    /// A compact folder, where one is needed that training wrote.
    case compact(String)
    /// The folder holds its encoders, where one of adapters is needed.
    case holdsEncoders(String)
    /// A file of a compact folder is not the one that was written.
    case changedFile(path: String)
    /// A file that a compact folder names is another one.
    case otherFile(model: String, role: String, path: String, needed: String)
    /// A weight is too large for 16 bits.
    case beyondHalf(path: String, tensor: String)

    public var description: String {
        switch self {
        case .notAModel(let path): "\(path) is not a model folder: it has no config.json"
        case .badConfiguration(let path, let reason): "\(path): \(reason)"
        case .missingEncoder(let model, let role, let name, let places):
            "\(model) needs the \(role) \(name), whose weights it does not hold, and there is no "
                + places.joined(separator: " and no ")
                + (FetchedModels.command(fetching: name).map { "; run `\($0)`" } ?? "; put the encoder there")
        case .otherEncoder(let model, let role, let path, let needed, let found):
            "\(model) needs another \(role) than that of \(path): its weights must have the SHA-256 \(needed), not "
                + "\(found); put back the one that the model was trained with"
        case .mixed(let path, let other):
            "\(path) was not written with \(other); resume the run, or put back the files that were saved together"
        case .withoutAdapters(let path): "\(path) has no adapters to merge; it holds its encoders already"
        case .compact(let path):
            "\(path) is compact and lacks what only training reads; name the model that it was exported from"
        case .holdsEncoders(let path):
            "\(path) holds its encoders; only a model of adapters, which names them, has a compact form"
        case .changedFile(let path):
            "\(path) is missing or was changed after the model was exported; put the exported file back"
        case .otherFile(let model, let role, let path, let needed):
            "\(model) needs another \(role) than that of \(path), whose SHA-256 must be \(needed); put back the one that "
                + "the model was exported with"
        case .beyondHalf(let path, let tensor):
            "\(path): \(tensor) has numbers beyond 65504, which 16-bit floats do not hold; use the model as it is"
        case .occupied(let path): "\(path) holds something already; name a new folder"
        }
    }
}
