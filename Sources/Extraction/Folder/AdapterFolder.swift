import Foundation
import Language
import Torch
import Vision

/// The weights of a model of adapters: `heads.safetensors`, all that is neither encoder, and the adapters of each encoder
/// as PEFT keeps them, in `text/` and `picture/`. The encoders themselves lie elsewhere.
struct AdapterFolder {
    private let folder: URL

    init(_ folder: URL) { self.folder = folder }

    static let headsName = "heads.safetensors"

    var heads: URL { folder.appending(path: Self.headsName) }
    var text: URL { folder.appending(path: "text") }
    var picture: URL { folder.appending(path: "picture") }

    /// The key of the mark that all files of one model have beside their weights.
    private static let mark = "shapca"

    /// The model, whose adapters are merged.
    /// - Parameter tokenizer: the folder of the tokenizer.
    /// - Throws: ``ModelFolderError`` where an encoder is missing or another one, and the errors of the parts.
    func model(
        _ configuration: ModelConfiguration, _ encoders: EncoderReferences, tokenizer: URL
    ) throws -> ShapCA {
        try checkMarks(encoders)
        let textEncoder = try textEncoder(configuration, encoders.text, tokenizer: tokenizer)
        let imageEncoder = try encoders.picture.map { reference in
            let place = try reference.place(.picture, for: folder)
            let encoder = try loadImageEncoder(at: place)
            guard encoder.configuration == configuration.imageEncoder else {
                throw ModelFolderError.badConfiguration(
                    path: place.path,
                    reason: "is \(encoder.identifier), not \(configuration.imageEncoder?.name ?? "none") as it was")
            }
            if encoders.adaptsPicture { try encoder.adapters.add(from: picture) }
            return encoder
        }
        let model = try Initialization.deferred {
            ShapCA(configuration, textEncoder: textEncoder, imageEncoder: imageEncoder)
        }
        try model.headState().load(loadWeights(at: heads), file: heads)
        textEncoder.mergeTokens()
        try textEncoder.adapters.merge()
        try imageEncoder?.adapters.merge()
        return model
    }

    private func textEncoder(
        _ configuration: ModelConfiguration, _ reference: EncoderReference, tokenizer: URL
    ) throws -> any TextEncoder {
        let place = try reference.place(.text, for: folder)
        var encoder = try loadTextEncoder(folder: place)
        let added = configuration.textEncoder.vocabularySize - encoder.vocabularySize
        if added > 0 { encoder = try encoder.addingEmptyTokens(added) }
        guard encoder.configuration == configuration.textEncoder else {
            throw ModelFolderError.badConfiguration(
                path: place.appending(path: "config.json").path,
                reason: "is not that of the encoder that \(folder.path) was trained with; put that one back")
        }
        if configuration.mre.markers {
            let tokenizer = try loadTokenizer(folder: tokenizer, for: configuration.textEncoder)
            encoder.trainOnly(tokens: try EntityMarkers.ids(tokenizer))
        }
        try encoder.adapters.add(from: text)
        return encoder
    }

    /// Writes heads and adapters, each file whole or not at all.
    /// - Throws: `WeightsError`.
    func save(_ model: ShapCA, _ encoders: EncoderReferences) throws {
        let mark = [Self.mark: try model.learntState().digest()]
        let heads = Dictionary(uniqueKeysWithValues: model.headState().map { ($0.path, $0.tensor.detached()) })
        try saveSafetensors(heads, metadata: mark.merging(["format": "pt"]) { $1 }, to: self.heads)
        try model.textEncoder.adapters.save(to: text, base: encoders.text.name, metadata: mark)
        if encoders.adaptsPicture, let reference = encoders.picture {
            try model.imageEncoder?.adapters.save(to: picture, base: reference.name, metadata: mark)
        }
    }

    /// Checks that the files are of one model: a program that was killed may have replaced one of them alone.
    private func checkMarks(_ encoders: EncoderReferences) throws {
        let mark = try SafetensorsFile(at: heads).metadata[Self.mark]
        for folder in encoders.adaptsPicture ? [text, picture] : [text] {
            let file = folder.appending(path: "adapter_model.safetensors")
            guard try SafetensorsFile(at: file).metadata[Self.mark] == mark else {
                throw ModelFolderError.mixed(path: file.path, other: heads.path)
            }
        }
    }
}
