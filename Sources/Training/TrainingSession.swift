import Corpus
import Extraction
import Foundation
import Language
import Support
import Torch
import Vision

/// A run from its configuration and data: makes the model, prepares the posts and hands both to a ``Trainer``.
public struct TrainingSession {
    public let extractor: Extractor
    public let trainer: Trainer
    public let folder: RunFolder
    /// What people should know before the run starts.
    public let notes: [String]

    /// - Parameters:
    ///   - dataset: with a train and a valid split.
    ///   - contexts: the file that the contexts came from, for the record.
    ///   - output: the run's folder.
    ///   - resuming: whether the run continues what is there.
    ///   - card: the text of the model card, which is written with the model and again when training has finished.
    /// - Throws: ``RunError``, ``ConfigurationError``, `CorpusError` and the errors of encoders and tagger.
    public init(
        _ configuration: TrainingConfiguration, dataset: Dataset, contexts: URL?, output: URL, device: Device,
        resuming: Bool, card: @escaping @Sendable (TrainedModel) -> String
    ) throws {
        if !resuming { try RunFolder(url: output).requireFree() }
        Random.seed(UInt64(configuration.training.seed))
        let textFolder = try configuration.text.folder()
        let (train, valid) = (try dataset.posts(of: .train), try dataset.posts(of: .valid))
        guard !train.isEmpty else { throw RunError.emptySplit("train") }
        guard !valid.isEmpty else { throw RunError.emptySplit("valid") }
        let labels = dataset.labels(of: .train)
        let wanted = [
            ("entities", configuration.task == .relations || !labels.entityTypes.isEmpty),
            ("relations", configuration.task == .entities || !labels.relationTypes.isEmpty),
        ]
        if let (what, _) = wanted.first(where: { !$0.1 }) {
            throw RunError.nothingToLearn(what: what, dataset: dataset.name, findings: dataset.findings.notes)
        }
        let imageEncoder = try configuration.picture.makeEncoder()
        let extractor = try Extractor.fresh(
            configuration: { text, partsOfSpeech in
                configuration.modelConfiguration(
                    text: text, imageEncoder: imageEncoder?.identifier, labels: labels, partsOfSpeech: partsOfSpeech,
                    contextSource: contexts.map { dataset.contextSource(file: $0.lastPathComponent) })
            }, textFolder: textFolder, imageEncoder: imageEncoder, taggerFolder: EmbeddedAssets.tagger, device: device,
            featureCache: configuration.picture.frozen ? EmbeddedAssets.features : nil)
        extractor.precision = configuration.training.precision.autocast
        try Self.check(configuration, extractor: extractor)

        var notes = dataset.findings.notes + [Self.parameterNote(extractor.model)]
        if configuration.picture.frozen { imageEncoder?.freeze() }
        let training = try extractor.prepare(train, labels: labels) { dataset.imageURL(of: $0) }
        if training.misaligned > 0 {
            notes.append("\(training.misaligned) entities do not begin and end with words; they train as whole words")
        }
        if training.overlapping > 0 {
            let trained = configuration.task == .entities ? "are not trained" : "are not trained as a whole"
            notes.append("\(training.overlapping) entities share words with one before them and \(trained)")
        }
        let validation = try extractor.prepare(valid) { dataset.imageURL(of: $0) }
        let widened = zip(validation, valid).reduce(0) { $0 + $1.0.words.misaligned($1.1.entities) }
        if widened > 0 {
            notes.append(
                "\(widened) entities of the valid split do not either; scores while training are over whole words")
        }
        let all = training.posts + validation
        if configuration.context.enabled {
            notes.append("\((train + valid).count { $0.context != nil }) of \(all.count) posts have a context")
        }
        if imageEncoder != nil {
            notes.append("\(all.count { $0.hasPicture }) of \(all.count) posts have a picture")
            if configuration.picture.frozen { notes += extractor.cacheFeatures(of: all) }
        }
        let cut = all.count { $0.encoded.droppedWords > 0 }
        if cut > 0 { notes.append("\(cut) posts are longer than text.maximumLength and were cut") }
        let cutContexts = all.count { $0.encoded.contextIsCut }
        if cutContexts > 0 {
            notes.append("\(cutContexts) contexts do not fit text.maximumLength beside their posts and were cut")
        }
        let gold = validation.map(\.encoded.annotation)
        let environment = RunEnvironment(
            device: device, dataset: dataset, contexts: contexts?.lastPathComponent)
        let folder =
            try resuming
            ? RunFolder.resume(at: output, configuration: configuration, environment: environment)
            : RunFolder.create(at: output, configuration: configuration, environment: environment)
        if !folder.holdsModel {
            let model = TrainedModel(configuration, model: extractor.model, dataset: dataset, best: nil)
            try RunFolder.writing(folder.model) {
                try extractor.saveFolder(
                    folder.model, textFolder: textFolder, taggerFolder: EmbeddedAssets.tagger, card: card(model))
            }
        }
        self.folder = folder
        trainer = try Trainer(
            configuration, extractor: extractor, training: training.posts,
            validation: Trainer.Validation(posts: validation, gold: gold), folder: folder)
        self.extractor = extractor
        self.notes = notes
        self.configuration = configuration
        self.dataset = dataset
        self.card = card
    }

    private let configuration: TrainingConfiguration
    private let dataset: Dataset
    private let card: @Sendable (TrainedModel) -> String

    /// Trains, then completes the model card with what came out.
    /// - Throws: as ``Trainer/run(resuming:shouldStop:observe:)``.
    public func run(
        resuming: Bool, shouldStop: () -> Bool, observe: (TrainingEvent) -> Void
    ) throws -> Trainer.Outcome {
        let outcome = try trainer.run(resuming: resuming, shouldStop: shouldStop, observe: observe)
        let model = TrainedModel(configuration, model: extractor.model, dataset: dataset, best: outcome.best)
        try folder.write(Data(card(model).utf8), to: folder.model.appending(path: "README.md"))
        return outcome
    }

    private static func check(_ configuration: TrainingConfiguration, extractor: Extractor) throws {
        let positions = extractor.model.configuration.textEncoder.maximumPositions
        guard configuration.text.maximumLength <= positions else {
            throw ConfigurationError.contradiction(
                "text.maximumLength is \(configuration.text.maximumLength), but the encoder knows \(positions) positions"
            )
        }
        if let problem = extractor.model.configuration.problem { throw ConfigurationError.contradiction(problem) }
        // The defaults name encoders that a model need not have.
        let parts = extractor.model.parameters().reduce(into: Set(TrainingConfiguration().learningRates.keys)) {
            parts, parameter in
            let names = parameter.path.split(separator: ".")
            for count in 1...names.count { parts.insert(names.prefix(count).joined(separator: ".")) }
        }
        for prefix in configuration.learningRates.keys.sorted() where !parts.contains(prefix) {
            throw ConfigurationError.unknownKey(
                place: "learningRates", key: prefix, suggestion: prefix.nearest(in: parts.sorted()))
        }
    }

    private static func parameterNote(_ model: ShapCA) -> String {
        func millions(_ count: Int) -> String { String(format: "%.1f M", Double(count) / 1e6) }
        var parts = ["text encoder \(millions(model.textEncoder.parameterCount()))"]
        if let imageEncoder = model.imageEncoder {
            parts.append("image encoder \(millions(imageEncoder.parameterCount()))")
        }
        return "\(millions(model.parameterCount())) parameters (\(parts.joined(separator: ", ")))"
    }
}

extension Dataset {
    /// Name and fingerprint of each split.
    public var fingerprints: [String: String] {
        var result = ["name": name]
        for (split, posts) in splits {
            result["\(split)"] = Fingerprint(posts: posts).title
        }
        return result
    }
}

extension Dataset {
    /// The file of the contexts with its provenance on one line, for example
    /// `contexts.jsonl (generator openai, model llava, temperature 1.0)`.
    func contextSource(file: String) -> String {
        let (first, fields) = (["generator", "model", "endpoint"], contextProvenance)
        let names = first.filter { fields[$0] != nil } + fields.keys.filter { !first.contains($0) }.sorted()
        guard !names.isEmpty else { return file }
        let words = names.map { "\($0) \(fields[$0] ?? "")" }.joined(separator: ", ")
        return "\(file) (\(words.split(whereSeparator: \.isNewline).joined(separator: " ")))"
    }
}

extension TrainingConfiguration {
    /// The structure of the model that this configuration trains.
    func modelConfiguration(
        text: BertConfiguration, imageEncoder: String?, labels: LabelSet, partsOfSpeech: [String],
        contextSource: String?
    ) -> ModelConfiguration {
        var model = ModelConfiguration(
            textEncoderName: URL(filePath: self.text.encoder).lastPathComponent, textEncoder: text,
            imageEncoder: imageEncoder, usesContext: context.enabled, alignment: alignment, fusion: fusion,
            dropout: training.dropout, maximumLength: self.text.maximumLength, labels: labels,
            partsOfSpeech: partsOfSpeech)
        model.task = task
        model.wordPair = wordPair
        model.mre = mre
        model.contextSource = contextSource
        return model
    }
}
