import Corpus
import Language
import Support
import Vision

/// What becomes of a text that is longer than a model reads at once.
public enum Overlong: String, Sendable, Codable, CaseIterable {
    /// It is read in windows, see ``TextWindows``.
    case windows
    /// Words that do not fit are not read.
    case truncate
    /// The post is refused.
    case error
}

/// All that decides a model's structure: the `config.json` of a model folder.
public struct ModelConfiguration: Sendable, Codable, Equatable {
    /// The format of a folder that holds the whole model.
    public static let currentFormat = "shapca-1"
    /// The format of a folder that holds adapters of encoders, and names these.
    public static let adapterFormat = "shapca-adapters-1"
    /// The format of a folder that holds of a model of adapters what prediction reads, in 16 bits.
    public static let compactFormat = "shapca-compact-1"

    /// The format of the folder, so that a program can tell what it reads.
    public private(set) var format = currentFormat
    public var task = ExtractionTask.entities
    /// The text encoder's name, as scores report it.
    public var textEncoderName: String
    public var textEncoder: TextEncoderConfiguration
    /// The image encoder's structure; nil for a model that never looks at pictures.
    public var imageEncoder: ImageEncoderConfiguration?
    /// Whether contexts are read.
    public var usesContext: Bool
    public var alignment: AlignmentOptions
    public var fusion: FusionOptions
    public var wordPair = WordPairOptions()
    public var mre = MREOptions()
    /// What the head reads beside the fused words.
    public var head = HeadOptions()
    /// The share of values set to 0 while training, in the classifier and on what the encoders give.
    public var dropout: Double
    /// The most wordpieces of text and context together, `[CLS]` and `[SEP]` included.
    public var maximumLength: Int
    /// The most pictures of a post, with their contexts, that are read.
    public var maximumPictures = 4
    /// What becomes of texts that do not fit.
    public var overlong = Overlong.windows
    public var labels: LabelSet
    /// The tagger's parts of speech, in the order of their numbers.
    public var partsOfSpeech: [String]
    /// The temperature of the scores of entities, see ``Extractor/fittedTemperature(to:batchSize:)``; nil where none was
    /// fitted, which is 1.
    public var scoreTemperature: Double?
    /// The origin of the contexts that the model was trained with, for the record.
    public var contextSource: String?
    /// The generator of those contexts, as ``contextSource`` names it in words; nil where it is not known.
    public var contextGenerator: String?
    /// The encoders whose weights the folder names; nil for a folder that holds them.
    public var encoders: EncoderReferences? { didSet { format = ownFormat } }
    /// What a compact folder holds and names; nil for all others.
    public var compact: CompactParts? { didSet { format = ownFormat } }

    public init(
        textEncoderName: String, textEncoder: TextEncoderConfiguration, imageEncoder: ImageEncoderConfiguration?,
        usesContext: Bool, alignment: AlignmentOptions, fusion: FusionOptions, dropout: Double, maximumLength: Int,
        labels: LabelSet, partsOfSpeech: [String]
    ) {
        self.textEncoderName = textEncoderName
        self.textEncoder = textEncoder
        self.imageEncoder = imageEncoder
        self.usesContext = usesContext
        self.alignment = alignment
        self.fusion = fusion
        self.dropout = dropout
        self.maximumLength = maximumLength
        self.labels = labels
        self.partsOfSpeech = partsOfSpeech
    }
}

extension ModelConfiguration {
    /// Reads a configuration; what earlier versions did not have is as it was without it.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        format = try fields.decode(String.self, forKey: .format)
        task = try fields.choice(.task)
        textEncoderName = try fields.decode(String.self, forKey: .textEncoderName)
        textEncoder = try fields.decode(TextEncoderConfiguration.self, forKey: .textEncoder)
        imageEncoder = try fields.decodeIfPresent(ImageEncoderConfiguration.self, forKey: .imageEncoder)
        usesContext = try fields.decode(Bool.self, forKey: .usesContext)
        alignment = try fields.decode(AlignmentOptions.self, forKey: .alignment)
        fusion = try fields.decode(FusionOptions.self, forKey: .fusion)
        wordPair = try fields.decode(WordPairOptions.self, forKey: .wordPair)
        mre = try fields.decode(MREOptions.self, forKey: .mre)
        head = try fields.decodeIfPresent(HeadOptions.self, forKey: .head) ?? HeadOptions()
        dropout = try fields.number(.dropout, in: Self.dropouts)
        maximumLength = try fields.whole(.maximumLength, in: 3...1_000_000)
        maximumPictures = try fields.whole(.maximumPictures, in: Self.pictureCounts, default: 4)
        overlong = try fields.choice(.overlong, default: .truncate)
        try Self.checkLabels(fields.nestedContainer(keyedBy: LabelKeys.self, forKey: .labels))
        labels = try fields.decode(LabelSet.self, forKey: .labels)
        partsOfSpeech = try fields.decode([String].self, forKey: .partsOfSpeech)
        scoreTemperature =
            try fields.contains(.scoreTemperature)
            ? fields.number(.scoreTemperature, in: TemperatureFit.range) : nil
        contextSource = try fields.decodeIfPresent(String.self, forKey: .contextSource)
        contextGenerator = try fields.decodeIfPresent(String.self, forKey: .contextGenerator)
        encoders = try fields.decodeIfPresent(EncoderReferences.self, forKey: .encoders)
        compact = try fields.decodeIfPresent(CompactParts.self, forKey: .compact)
    }

    /// The format that this model's folder has.
    var ownFormat: String {
        if compact != nil { return Self.compactFormat }
        return encoders == nil ? Self.currentFormat : Self.adapterFormat
    }

    /// The numbers that ``dropout`` can be.
    package static let dropouts = 0.0...0.99

    /// The numbers that ``maximumPictures`` can be.
    package static let pictureCounts = 1...64

    private enum LabelKeys: CodingKey { case entityTypes, relationTypes }

    /// Checks the number of types before there is a table of which may follow which.
    private static func checkLabels(_ fields: KeyedDecodingContainer<LabelKeys>) throws {
        for key in [LabelKeys.entityTypes, .relationTypes] {
            let count = try fields.decodeIfPresent([String].self, forKey: key)?.count ?? 0
            guard count > 1000 else { continue }
            throw fields.corrupted(key, "has \(count) types; it must have at most 1000")
        }
    }

    /// The reason why no model can be built like this, as one sentence; nil where one can.
    public var problem: String? {
        if fusion.width < 1 || fusion.heads < 1 || !fusion.width.isMultiple(of: fusion.heads) {
            return "fusion.width (\(fusion.width)) must be a multiple of fusion.heads (\(fusion.heads))"
        }
        if maximumLength > textEncoder.maximumPositions {
            return "maximumLength (\(maximumLength)) must be at most the encoder's \(textEncoder.maximumPositions)"
        }
        if task.findsEntities, labels.entityTypes.isEmpty {
            return "labels.entityTypes is empty; there is nothing to look for"
        }
        if task.findsRelations, labels.relationTypes.isEmpty {
            return "labels.relationTypes is empty; there is nothing to look for"
        }
        if let encoders, (encoders.picture == nil) != (imageEncoder == nil) {
            return "encoders.picture and imageEncoder must both be there, or neither"
        }
        if compact != nil, encoders == nil { return "encoders is missing, which a compact folder has elsewhere" }
        if let problem = mre.problem(in: task) { return problem }
        return nil
    }
}
