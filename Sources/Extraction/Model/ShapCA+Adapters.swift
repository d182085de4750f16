import Language
import Torch
import Vision

extension ShapCA {
    /// What training makes of the model, by path: all of it, or all but what is frozen of encoders that the model names and
    /// does not hold.
    package func learntState() -> [NamedTensor] {
        guard configuration.encoders != nil else { return state() }
        return state().filter { !Self.isOfEncoder($0.path) || $0.tensor.requiresGradient }
    }

    /// What a model of adapters has learnt beside them: all that is neither encoder, and the vectors of entity markers.
    func headState() -> [NamedTensor] {
        state().filter { !Self.isOfEncoder($0.path) }
            + textEncoder.trainedRows().map { ("textEncoder.\($0.path)", $0.tensor) }
    }

    private static func isOfEncoder(_ path: String) -> Bool {
        path.hasPrefix("textEncoder.") || path.hasPrefix("imageEncoder.")
    }

    /// Freezes the encoders, and trains adapters in the linear layers of the text encoder and, where asked for, of the image
    /// encoder.
    /// - Throws: `AdapterError`; `TorchError`.
    package func addAdapters(_ options: AdapterOptions, adaptingPictures adaptsPicture: Bool) throws {
        let (text, picture) = (textEncoder.adapters, imageEncoder?.adapters)
        let ofPicture = adaptsPicture ? options.targets.filter { picture?.hasLayer($0) ?? false } : []
        // A name that neither encoder knows is missed in the text encoder, and one encoder without any name misses all.
        let ofText = options.targets.filter { text.hasLayer($0) || !ofPicture.contains($0) }
        try text.add(options.configuration(targets: ofText.isEmpty ? options.targets : ofText))
        imageEncoder?.freeze()
        if adaptsPicture {
            try picture?.add(options.configuration(targets: ofPicture.isEmpty ? options.targets : ofPicture))
        }
    }
}

extension Extractor {
    /// Adds adapters as ``ShapCA/addAdapters(_:adaptingPictures:)`` does, to those encoders that the configuration names, and
    /// trains the vectors of entity markers too.
    /// - Throws: `AdapterError`; `TokenizerError` where the vocabulary lacks a marker; `TorchError`.
    package func addAdapters(_ options: AdapterOptions) throws {
        try model.addAdapters(options, adaptingPictures: configuration.encoders?.adaptsPicture ?? false)
        if configuration.mre.markers { model.textEncoder.trainOnly(tokens: try EntityMarkers.ids(tokenizer)) }
    }
}
