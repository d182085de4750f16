import Corpus
import Extraction
import Foundation
import Language
import Support
import Torch
import Vision

/// All that a training takes from its configuration and data: a fresh model over trained encoders, and posts as numbers.
struct TrainingPreparation {
    /// A validation split: posts, and the same as numbers.
    struct Validation {
        let posts: [Post]
        let prepared: [PreparedPost]
        /// The datasets that it joins; empty for one.
        let parts: [Dataset.Part]
    }

    /// With the precision that was chosen.
    let configuration: TrainingConfiguration
    let kernels: RunKernels
    let extractor: Extractor
    let training: [PreparedPost]
    /// The same posts without their contexts, where `training.dropContext` hides some; else none.
    let withoutContexts: [PreparedPost]
    /// The posts of each pass.
    let draw: PostDraw
    /// The posts that play the games, where `alignment.players` has more play than the task learns from; else none.
    let players: [PreparedPost]
    let validation: Validation
    /// The folder of the text encoder, which has the tokenizer's files.
    let textFolder: URL
    /// Notes to show before the training starts.
    private(set) var notes: [String]
    /// The trained model from which the run starts; nil where it starts afresh.
    let start: RunStart?

    /// - Parameters:
    ///   - dataset: with a train and a valid split.
    ///   - contexts: the file that the contexts came from, for the record.
    ///   - start: the trained model whose weights the run starts from; nil where it starts afresh, or continues.
    ///   - kept: the engines and the precision of the run that is continued; nil where they are chosen now.
    /// - Throws: ``RunError``, ``ConfigurationError``, `CorpusError`, `ExtractionError` and the errors of encoders and tagger.
    init(
        _ configuration: TrainingConfiguration, dataset: Dataset, contexts: URL?, device: Device, start: StartingModel?,
        kept: RunKernels?
    ) throws {
        var configuration = configuration
        Random.seed(UInt64(configuration.training.seed))
        textFolder = try configuration.text.folder()
        let posts = try TrainingPosts(dataset, for: configuration.task)
        let imageEncoder = try configuration.picture.makeEncoder()
        let encoders = try configuration.encoderReferences(imageEncoder)
        var extractor = try Extractor.fresh(
            configuration: { text, partsOfSpeech in
                configuration.modelConfiguration(
                    text: text, imageEncoder: imageEncoder?.configuration, labels: posts.labels,
                    partsOfSpeech: partsOfSpeech,
                    contextSource: dataset.contextSource(file: contexts?.lastPathComponent),
                    contextGenerator: dataset.contextProvenance["generator"],
                    encoders: encoders)
            }, textFolder: textFolder, imageEncoder: imageEncoder, taggerFolder: configuration.text.tagger,
            device: device, featureCache: configuration.picture.frozen ? FetchedModels.features : nil)
        if let start, encoders == nil { try extractor.start(from: start) }
        if configuration.picture.frozen { imageEncoder?.freeze() }
        if configuration.text.frozen { extractor.model.textEncoder.freeze() }
        if encoders != nil { try Self.addAdapters(configuration.adapter, to: extractor) }
        if let start, encoders != nil { try extractor.start(from: start) }
        self.start = try start.map { try RunStart($0, labels: posts.labels) }
        try Self.check(configuration, model: extractor.model)
        notes =
            dataset.findings.notes + dataset.parts.map { $0.summary(among: posts.labels) }
            + [ModelDescription(extractor.model).summary]
            + (self.start.map { [$0.note] } ?? [])
        kernels = try kept ?? RunKernels(configuration, model: extractor.model)
        kernels.choice.use()
        configuration.training.precision = kernels.precision
        extractor.precision = kernels.precision.autocast
        self.extractor = extractor
        self.configuration = configuration

        let seed = configuration.training.seed
        let places = posts.train.stratified(configuration.training.limit, seed: seed)
        let learnt = places.map { posts.train[$0] }
        let prepared = try extractor.prepareForTraining(learnt)
        training = prepared.posts
        draw = PostDraw(dataset.parts, learnt: places, seed: seed)
        let hidesContexts = configuration.training.dropContext > 0 && configuration.context.enabled
        withoutContexts = hidesContexts ? try extractor.prepareForTraining(learnt.map(\.withoutContexts)).posts : []
        let isLimited = learnt.count < posts.train.count
        let read = isLimited && configuration.alignment.players == .all ? posts.train : learnt
        players = read.count > learnt.count ? try extractor.prepare(read, isAligned: true) : []
        if isLimited { notes.append("the task learns from \(training.count) of \(posts.train.count) posts") }
        validation = Validation(
            posts: posts.valid,
            prepared: try extractor.prepare(posts.valid, isAligned: configuration.alignment.isPlayed),
            parts: dataset.parts)
        noteOffsets(
            unfindable: prepared.unfindable, overlapping: prepared.overlapping,
            inValidation: zip(posts.valid, validation.prepared).reduce(0) { $0 + $1.1.words.unfindable($1.0.entities) })
        noteInputs(contexts: (read + posts.valid).count(where: \.hasContext))
    }

    private mutating func noteOffsets(unfindable: Int, overlapping: Int, inValidation: Int) {
        if unfindable > 0 {
            notes.append("\(unfindable) entities do not begin and end with words; they train as whole words")
        }
        if overlapping > 0 {
            let trained = configuration.task.usesTags ? "are not trained" : "are not trained as a whole"
            notes.append("\(overlapping) entities share words with one before them and \(trained)")
        }
        if inValidation > 0, configuration.task.findsEntities {
            notes.append(
                "\(inValidation) entities of the valid split do not begin and end with words and count as missed; "
                    + "`shapca data validate` names them")
        }
    }

    /// Says what the model gets of contexts and pictures, and fills the cache of a frozen image encoder.
    private mutating func noteInputs(contexts: Int) {
        let all = (players.isEmpty ? training : players) + validation.prepared
        if configuration.context.enabled { notes.append("\(contexts) of \(all.count) posts have a context") }
        if extractor.model.imageEncoder != nil {
            notes.append("\(all.count { $0.hasPicture }) of \(all.count) posts have a picture")
            if configuration.picture.frozen { notes += extractor.cacheFeatures(of: all) }
        }
        let omitted = all.reduce(0) { $0 + $1.omittedPictures }
        if omitted > 0 {
            let most = configuration.picture.maximumCount
            notes.append("\(omitted) pictures are not read: their posts have more than picture.maximumCount (\(most))")
        }
        let cut = all.count { $0.encoded.droppedWords > 0 }
        if cut > 0 { notes.append("\(cut) posts are longer than text.maximumLength and were cut") }
        let windowed = all.count { $0.encoded.windows != nil }
        if windowed > 0 { notes.append("\(windowed) posts are longer than text.maximumLength and are read in windows") }
        let cutContexts = all.count { $0.encoded.contextIsCut }
        if cutContexts > 0 {
            notes.append("\(cutContexts) contexts do not fit text.maximumLength beside their posts and were cut")
        }
    }

    private static func addAdapters(_ options: AdapterOptions, to extractor: Extractor) throws {
        do {
            try extractor.addAdapters(options)
        } catch let error as AdapterError {
            throw ConfigurationError.contradiction("adapter.targets: \(error)")
        }
    }

    private static func check(_ configuration: TrainingConfiguration, model: ShapCA) throws {
        let positions = model.textEncoder.maximumPositions
        guard configuration.text.maximumLength <= positions else {
            throw ConfigurationError.contradiction(
                "text.maximumLength is \(configuration.text.maximumLength), but the encoder knows \(positions) positions"
            )
        }
        if let problem = model.configuration.problem { throw ConfigurationError.contradiction(problem) }
        // The defaults name encoders that a model need not have.
        let parts = model.parameters().reduce(into: Set(TrainingConfiguration().learningRates.keys)) {
            parts, parameter in
            let names = parameter.path.split(separator: ".")
            for count in 1...names.count { parts.insert(names.prefix(count).joined(separator: ".")) }
        }
        for prefix in configuration.learningRates.keys.sorted() where !parts.contains(prefix) {
            throw ConfigurationError.unknownKey(
                place: "learningRates", key: prefix, suggestion: prefix.nearest(in: parts.sorted()))
        }
    }
}

extension TrainingConfiguration {
    /// The structure of the model that this configuration trains.
    func modelConfiguration(
        text: TextEncoderConfiguration, imageEncoder: ImageEncoderConfiguration?, labels: LabelSet,
        partsOfSpeech: [String], contextSource: String?, contextGenerator: String? = nil,
        encoders: EncoderReferences? = nil
    ) -> ModelConfiguration {
        var model = ModelConfiguration(
            textEncoderName: URL(filePath: self.text.encoder).lastPathComponent, textEncoder: text,
            imageEncoder: imageEncoder, usesContext: context.enabled, alignment: alignment, fusion: fusion,
            dropout: training.dropout, maximumLength: self.text.maximumLength, labels: labels,
            partsOfSpeech: partsOfSpeech)
        model.task = task
        model.maximumPictures = picture.maximumCount
        model.overlong = self.text.overlong
        model.wordPair = wordPair
        model.mre = mre
        model.head = head
        model.contextSource = contextSource
        model.contextGenerator = contextGenerator
        model.encoders = encoders
        return model
    }
}

extension Dataset {
    /// The file of the contexts with its provenance on one line, for example
    /// `contexts.jsonl (generator openai, model llava, temperature 1.0)`; the provenance alone for those of a list.
    /// - Returns: nil where neither is known.
    func contextSource(file: String?) -> String? {
        let (first, fields) = (["generator", "model", "endpoint"], contextProvenance)
        let names = first.filter { fields[$0] != nil } + fields.keys.filter { !first.contains($0) }.sorted()
        guard !names.isEmpty else { return file }
        let words = names.map { "\($0) \(fields[$0] ?? "")" }.joined(separator: ", ")
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        return file.map { "\($0) (\(words))" } ?? words
    }
}
