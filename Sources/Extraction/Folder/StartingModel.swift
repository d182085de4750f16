import Corpus
import Foundation
import Support
import Torch

/// A trained model from whose weights another is trained.
package struct StartingModel {
    package let folder: URL
    /// The name or path that the user gave.
    package let name: String
    package let configuration: ModelConfiguration
    /// The adapters of its text encoder, and of its image encoder where that is adapted; nil where it holds its encoders.
    package let adapters: (text: AdapterConfiguration, picture: AdapterConfiguration?)?

    /// - Throws: ``ModelFolderError``, `AdapterError`.
    package init(modelFolder folder: URL, name: String? = nil) throws {
        self.folder = folder
        self.name = name ?? folder.path(percentEncoded: false)
        configuration = try ModelFolder.configuration(in: folder)
        adapters = try configuration.encoders.map { encoders in
            let parts = AdapterFolder(folder)
            let picture = encoders.adaptsPicture ? try AdapterConfiguration(contentsOf: parts.picture) : nil
            return (try AdapterConfiguration(contentsOf: parts.text), picture)
        }
    }

    /// The SHA-256 of its file of weights, or of heads where it names its encoders; 64 hexadecimal digits.
    /// - Throws: `WeightsError`.
    package func digest() throws -> String {
        let holdsEncoders = configuration.encoders == nil
        return try weightsDigest(
            at: holdsEncoders ? folder.appending(path: ModelFolder.weights) : AdapterFolder(folder).heads)
    }

    /// The first setting of the structure in which a model that is to be trained differs, in words; nil where none does.
    func difference(from other: ModelConfiguration) -> String? {
        func name(_ digest: String?) -> String { digest ?? "held" }
        var pairs = [
            ("task", configuration.task.rawValue, other.task.rawValue),
            ("picture.encoder", configuration.imageEncoder?.name ?? "none", other.imageEncoder?.name ?? "none"),
            ("fusion.width", "\(configuration.fusion.width)", "\(other.fusion.width)"),
            ("fusion.heads", "\(configuration.fusion.heads)", "\(other.fusion.heads)"),
            ("fusion.attention", "\(configuration.fusion.attention)", "\(other.fusion.attention)"),
            ("fusion.gate", "\(configuration.fusion.gate)", "\(other.fusion.gate)"),
            ("head.syntax", "\(configuration.head.syntax)", "\(other.head.syntax)"),
            ("mre.markers", "\(configuration.mre.markers)", "\(other.mre.markers)"),
            ("alignment.shared", "\(configuration.alignment.shared)", "\(other.alignment.shared)"),
            (
                "the number of parts of speech (text.tags)", "\(configuration.partsOfSpeech.count)",
                "\(other.partsOfSpeech.count)"
            ),
        ]
        if configuration.task != .entities {
            pairs.append(("wordPair.contrast", "\(configuration.wordPair.contrast)", "\(other.wordPair.contrast)"))
        }
        if configuration.textEncoder != other.textEncoder {
            pairs.append(("text.encoder", configuration.textEncoderName, other.textEncoderName))
        }
        if let encoders = other.encoders {
            pairs.append(
                ("the SHA-256 of the text encoder", name(configuration.encoders?.text.sha256), encoders.text.sha256))
            pairs.append(
                (
                    "the SHA-256 of the image encoder", name(configuration.encoders?.picture?.sha256),
                    name(encoders.picture?.sha256)
                ))
        }
        if let pair = pairs.first(where: { $0.1 != $0.2 }) {
            return "\(pair.0) is \(pair.1) in \(folder.path(percentEncoded: false)), but \(pair.2) in the configuration"
        }
        guard configuration.textEncoder == other.textEncoder, configuration.imageEncoder == other.imageEncoder,
            configuration.partsOfSpeech == other.partsOfSpeech
        else { return "the encoders or the parts of speech of \(folder.path) have another structure than those here" }
        return nil
    }
}

extension Extractor {
    /// Takes over what a trained model has learnt. Types that both have keep their rows; new ones stay as they are.
    ///
    /// Adapters, where this model has some, are taken over as they are; else those of the other are merged into the encoders.
    /// - Throws: ``StartingModelError``, ``ModelFolderError``, `WeightMismatch`, and the errors of files.
    package func start(from start: StartingModel) throws {
        if let difference = start.difference(from: configuration) { throw StartingModelError(difference) }
        // Opened for its weights, or else for the checks of its files.
        let source = try Extractor(modelFolder: start.folder)
        guard configuration.encoders != nil else {
            return try model.state().start(
                from: source.model.state(), labels: TypeRows(configuration, start.configuration))
        }
        let parts = AdapterFolder(start.folder)
        let heads = try loadWeights(at: parts.heads)
        do {
            try model.textEncoder.adapters.load(from: parts.text)
            if start.configuration.encoders?.adaptsPicture == true {
                try model.imageEncoder?.adapters.load(from: parts.picture)
            }
        } catch let mismatch as WeightMismatch {
            throw StartingModelError(
                "adapter.rank or adapter.targets are not those of \(start.folder.path(percentEncoded: false)): \(mismatch)"
            )
        }
        try model.headState().start(
            from: heads.map { (path: $0.key, tensor: $0.value) }, labels: TypeRows(configuration, start.configuration))
    }
}

extension [NamedTensor] {
    /// Copies what a trained model has of these tensors, and of those with a row for each type the rows of types of both.
    /// What only the alignment reads may be missing, and stays fresh.
    fileprivate func start(from source: [NamedTensor], labels: TypeRows) throws {
        let found = Dictionary(uniqueKeysWithValues: source.map { ($0.path, $0.tensor) })
        var taken: [String: Tensor] = [:]
        for (path, tensor) in self {
            guard let old = found[path] else {
                if ["imageProjection.", "projectionHeads."].contains(where: path.hasPrefix) { continue }
                throw StartingModelError("\(path) is missing in the model to start from")
            }
            taken[path] =
                labels.isByType(path) ? labels.merged(old, into: tensor, isSquare: path == "head.crf.transitions") : old
        }
        try filter { taken[$0.path] != nil }.load(taken)
    }
}

/// Why a model cannot be trained from another.
package struct StartingModelError: Error, CustomStringConvertible, Sendable, Equatable {
    package let description: String

    init(_ description: String) { self.description = description }
}
