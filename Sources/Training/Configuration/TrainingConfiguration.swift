import Corpus
import Extraction
import Foundation
import Support
import Torch
import Vision

/// Everything that decides a training run but the data that the command line names, as a YAML file in `Configurations/` holds it.
package struct TrainingConfiguration: Sendable, Equatable {
    /// The text encoder.
    package struct Text: Sendable, Equatable {
        /// The name of an encoder that set-up fetches, or a Hugging Face folder.
        package var encoder = "minilm-l6-v2"
        package var frozen = false
        /// The most wordpieces of text and context together.
        package var maximumLength = 256
        /// Who tells the parts of speech.
        package var tags = Tags.english
        /// What becomes of texts that do not fit.
        package var overlong = Overlong.windows

        /// Who tells the parts of speech that the heads read.
        package enum Tags: String, Sendable, CaseIterable {
            /// The tagger of English that `make setup` fetches.
            case english
            /// No one: for other languages.
            case none
        }

        /// The tagger's folder; nil where there are no parts of speech.
        var tagger: URL? {
            switch tags {
            case .english: FetchedModels.tagger
            case .none: nil
            }
        }

        /// The encoder's folder.
        /// - Throws: ``ConfigurationError``, `AssetError`.
        func folder() throws -> URL {
            do {
                return try FetchedModels.resolve(encoder)
            } catch AssetError.unknown {
                throw ConfigurationError.contradiction(
                    "text.encoder is \(encoder), which is neither a folder nor an encoder that `make setup` fetches")
            }
        }
    }

    /// The image encoder.
    package struct Picture: Sendable, Equatable {
        /// The encoder's name, a Hugging Face folder, or `none` for a model that never looks at pictures.
        package var encoder = "efficientnet-lite0"
        /// The weight file or folder of an encoder with a name; empty for the one that set-up fetches.
        package var weights = ""
        /// A frozen encoder's features are computed once and kept.
        package var frozen = true
        /// The most pictures of a post, with their contexts, that are read.
        package var maximumCount = 4

        /// The encoder with its trained weights; nil for a model that never looks at pictures.
        /// - Throws: ``ConfigurationError``, `AssetError`, `ImageEncoderError` and the errors of weight files.
        func makeEncoder() throws -> (any ImageEncoder)? {
            guard encoder != "none" else { return nil }
            guard !isFolder else { return try folderEncoder() }
            let kind = try ImageEncoderKind(named: encoder)
            guard weights.isEmpty || FileManager.default.fileExists(atPath: weights) else {
                throw ConfigurationError.contradiction("picture.weights is \(weights), which does not exist")
            }
            let file = try weights.isEmpty ? embeddedWeights() : URL(filePath: weights)
            let loaded = try loadNamedImageEncoder(at: file)
            guard loaded.identifier == kind.name else {
                throw ConfigurationError.contradiction(
                    "picture.encoder is \(encoder), but \(weights) holds \(loaded.identifier)")
            }
            return loaded
        }

        /// The name or path of the encoder's weights.
        fileprivate var weightsName: String { weights.isEmpty ? encoder : weights }

        /// The encoder without trained weights; nil for a model that never looks at pictures.
        /// - Throws: `ImageEncoderError`.
        func makeStructure() throws -> (any ImageEncoder)? {
            guard encoder != "none" else { return nil }
            let structure: ImageEncoderConfiguration =
                try isFolder
                ? .published(PublishedImageEncoder(folder: URL(filePath: encoder)))
                : .named(ImageEncoderKind(named: encoder))
            return try Initialization.deferred { structure.makeEncoder() }
        }

        /// Whether the encoder is given by a folder, and not by a name.
        private var isFolder: Bool {
            !ImageEncoderKind.all.contains { $0.name == encoder } && FileManager.default.fileExists(atPath: encoder)
        }

        private func folderEncoder() throws -> any ImageEncoder {
            guard weights.isEmpty else {
                throw ConfigurationError.contradiction(
                    "picture.encoder is \(encoder), which has its weights; leave out picture.weights (\(weights))")
            }
            return try loadImageEncoder(at: URL(filePath: encoder))
        }

        private func embeddedWeights() throws -> URL {
            do {
                return try FetchedModels.resolve(encoder)
            } catch AssetError.unknown {
                throw ConfigurationError.contradiction(
                    "picture.encoder is \(encoder), whose weights `make setup` does not fetch; name their file with "
                        + "picture.weights")
            }
        }
    }

    /// The bridging contexts.
    package struct Context: Sendable, Equatable {
        package var enabled = true
    }

    /// Optimisation (paper, section 4.2).
    package struct Optimization: Sendable, Equatable {
        package var epochs = 20
        /// The passes over the posts in an epoch, so that a small training split is validated less often.
        package var passes = 1
        package var batchSize = 28
        /// Epochs without a better validation F1 after which training ends.
        package var patience = 7
        package var precision = Precision.auto
        package var kernels = KernelSetting.auto
        package var seed = 1
        /// The share of all steps that warms up.
        package var warmup = 0.05
        package var weightDecay = 0.01
        package var maximumGradientNorm = 1.0
        package var dropout = 0.1
        /// The weight of the task's loss with every picture hidden, so that the words are also read without one.
        package var hiddenPicture = 0.5
        /// The share of the posts of a step whose picture is hidden from it.
        package var dropPicture = 0.0
        /// The share of the posts of a step whose context is hidden from it.
        package var dropContext = 0.0
        /// The most posts that the task learns from, drawn by the seed; 0 for all.
        package var limit = 0
    }

    /// The datasets that are learnt from together; empty where the command line names the data.
    package var data: [DataSource] = []
    /// The task of the model.
    package var task = ExtractionTask.entities
    package var text = Text()
    package var picture = Picture()
    package var adapter = AdapterOptions()
    package var context = Context()
    package var alignment = AlignmentOptions()
    package var fusion = FusionOptions()
    package var wordPair = WordPairOptions()
    package var mre = MREOptions()
    package var head = HeadOptions()
    package var training = Optimization()
    /// Learning rates by the longest prefix of a parameter's path; `default` is for all others.
    package var learningRates: [String: Double] = ["default": 1e-4, "textEncoder": 5e-5, "imageEncoder": 5e-5]

    package init() {}

    /// The learning rate that is set for exactly this prefix; 0 where none is.
    subscript(learningRateOf prefix: String) -> Double {
        get { learningRates[prefix] ?? 0 }
        set { learningRates[prefix] = newValue }
    }

    /// The learning rate of a parameter.
    package func learningRate(of path: String) -> Double {
        let prefixes = learningRates.keys.filter { path == $0 || path.hasPrefix($0 + ".") }
        let longest = prefixes.max { $0.count < $1.count } ?? "default"
        return learningRates[longest] ?? 1e-4
    }
}

extension TrainingConfiguration {
    /// The encoders of a model of adapters, as they lie there now; nil for a model that holds its encoders.
    /// - Throws: ``ConfigurationError``, `AssetError` and the errors of weight files.
    func encoderReferences(_ imageEncoder: (any ImageEncoder)?) throws -> EncoderReferences? {
        guard adapter.isOn else { return nil }
        if let imageEncoder, !picture.frozen, imageEncoder.adapters.layerNames.isEmpty {
            throw ConfigurationError.contradiction(
                "picture.frozen is false, but \(imageEncoder.identifier) has no linear layers for adapters; set "
                    + "picture.frozen = true, or adapter.rank = 0")
        }
        return EncoderReferences(
            text: try EncoderReference(.text, text.encoder),
            picture: try imageEncoder.map { _ in try EncoderReference(.picture, picture.weightsName) },
            adaptsPicture: imageEncoder != nil && !picture.frozen)
    }
}

/// A fault in a configuration, with its place and the remedy.
package enum ConfigurationError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The file cannot be read or is not YAML.
    case unreadable(place: String, reason: String)
    /// A key that no setting has.
    case unknownKey(place: String, key: String, suggestion: String?)
    /// A value that the setting cannot take.
    case badValue(place: String, key: String, value: String, expected: String)
    /// Two settings that cannot go together.
    case contradiction(String)

    package var description: String {
        switch self {
        case .unreadable(let place, let reason): "\(place): \(reason)"
        case .unknownKey(let place, let key, let suggestion):
            "\(place): unknown key \(key.shortened)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .badValue(let place, let key, let value, let expected):
            "\(place): \(key.shortened) is \"\(value.shortened)\", but should be \(expected)"
        case .contradiction(let reason): reason
        }
    }
}
