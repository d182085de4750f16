import Corpus
import Foundation
import Language
import Support
import Torch
import Vision

/// A trained model on disk, with all that is needed to use it.
///
/// `config.json` (``ModelConfiguration``), `model.safetensors` (all encoders included), the tokenizer's `vocab.txt` and
/// `tokenizer_config.json`, `tagger/`, and a model card, `README.md`.
public enum ModelFolder {
    static let weights = "model.safetensors"
    static let configuration = "config.json"
    static let tagger = "tagger"
    static let tokenizerFiles = ["vocab.txt", "tokenizer_config.json", "tokenizer.json"]

    /// Opens a model folder.
    /// - Throws: ``ModelFolderError`` and the errors of its parts.
    public static func load(_ folder: URL, device: Device = .cpu, precision: DType? = nil) throws -> Extractor {
        try device.require()
        let file = folder.appending(path: Self.configuration)
        guard let data = try? Data(contentsOf: file) else { throw ModelFolderError.notAModel(folder.path) }
        let configuration: ModelConfiguration
        do {
            configuration = try JSONDecoder().decode(ModelConfiguration.self, from: data)
        } catch let error as DecodingError {
            throw ModelFolderError.badConfiguration(path: file.path, reason: error.problem(rule: "put back the one that was saved"))
        }
        guard configuration.format == ModelConfiguration.currentFormat else {
            throw ModelFolderError.badConfiguration(
                path: file.path,
                reason: "the format is \"\(configuration.format)\", not \(ModelConfiguration.currentFormat)")
        }
        if let problem = configuration.problem {
            throw ModelFolderError.badConfiguration(path: file.path, reason: problem)
        }
        let model = try withTorchErrors {
            try Initialization.skipped {
                ShapCA(configuration, imageEncoder: try configuration.imageEncoder.map { try makeImageEncoder($0) })
            }
        }
        try model.load(loadWeights(at: folder.appending(path: weights)))
        model.move(to: device)
        model.train(false)
        let tagger = try PartOfSpeechTagger(folder: folder.appending(path: tagger))
        guard tagger.tags == configuration.partsOfSpeech else {
            throw ModelFolderError.badConfiguration(
                path: folder.appending(path: Self.tagger).path,
                reason: "the model was trained with another tagger; put back the one that it was written with")
        }
        return try Extractor(
            model: model, tokenizer: try tokenizer(in: folder, for: configuration.textEncoder), tagger: tagger,
            precision: precision)
    }

    /// The tokenizer of an encoder, whose table of words must have a row for each of its pieces.
    static func tokenizer(in folder: URL, for encoder: BertConfiguration) throws -> WordPieceTokenizer {
        let tokenizer = try WordPieceTokenizer(folder: folder)
        let surplus = tokenizer.vocabulary.count - encoder.vocabularySize
        guard surplus <= 0 else {
            throw ModelFolderError.badConfiguration(
                path: folder.appending(path: "vocab.txt").path,
                reason: "it has \(surplus) words too many: the encoder knows \(encoder.vocabularySize)")
        }
        return tokenizer
    }
}

extension Extractor {
    /// A fresh model over trained encoders.
    /// - Parameters:
    ///   - textFolder: a Hugging Face folder of a BERT encoder.
    ///   - taggerFolder: the converted tagger.
    /// - Throws: the errors of the parts.
    public static func fresh(
        configuration: (BertConfiguration, _ partsOfSpeech: [String]) -> ModelConfiguration, textFolder: URL,
        imageEncoder: (any ImageEncoder)?, taggerFolder: URL, device: Device,
        featureCache: URL? = nil
    ) throws -> Extractor {
        try device.require()
        let tagger = try PartOfSpeechTagger(folder: taggerFolder)
        let text = try BertConfiguration(contentsOf: textFolder.appending(path: "config.json"))
        let model = ShapCA(configuration(text, tagger.tags), imageEncoder: imageEncoder)
        try model.textEncoder.load(folder: textFolder)
        model.move(to: device)
        return try Extractor(
            model: model, tokenizer: try ModelFolder.tokenizer(in: textFolder, for: text), tagger: tagger,
            featureCache: featureCache)
    }

    /// Writes everything of a model folder but the weights.
    /// - Parameters:
    ///   - textFolder, taggerFolder: where the tokenizer's and the tagger's files are copied from.
    ///   - card: the model card, in Markdown.
    /// - Throws: an error of the file system.
    public func saveFolder(_ folder: URL, textFolder: URL, taggerFolder: URL, card: String) throws {
        let files = FileManager.default
        let tagger = folder.appending(path: ModelFolder.tagger)
        try files.createDirectory(at: tagger, withIntermediateDirectories: true)
        func copy(_ name: String, from source: URL, to destination: URL) throws {
            guard let data = try? Data(contentsOf: source.appending(path: name)) else { return }
            try data.write(to: destination.appending(path: name), options: .atomic)
        }
        for name in ModelFolder.tokenizerFiles { try copy(name, from: textFolder, to: folder) }
        for name in try files.contentsOfDirectory(atPath: taggerFolder.path) {
            try copy(name, from: taggerFolder, to: tagger)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(model.configuration)
            .write(to: folder.appending(path: ModelFolder.configuration), options: .atomic)
        try Data(card.utf8).write(to: folder.appending(path: "README.md"), options: .atomic)
    }

    /// Writes the weights of a model folder, whole or not at all.
    /// - Throws: `WeightsError`.
    public func saveWeights(to folder: URL) throws {
        let tensors = Dictionary(uniqueKeysWithValues: model.state().map { ($0.path, $0.tensor.detached()) })
        try saveSafetensors(tensors, metadata: ["format": "pt"], to: folder.appending(path: ModelFolder.weights))
    }
}

/// Why a model folder cannot be used.
public enum ModelFolderError: Error, CustomStringConvertible, Sendable, Equatable {
    case notAModel(String)
    case badConfiguration(path: String, reason: String)

    public var description: String {
        switch self {
        case .notAModel(let path): "\(path) is not a model folder: it has no config.json"
        case .badConfiguration(let path, let reason): "\(path): \(reason)"
        }
    }
}
