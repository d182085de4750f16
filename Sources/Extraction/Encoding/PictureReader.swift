import Foundation
import Torch
import Vision

/// Turns the pictures of a batch into the model's input.
struct PictureReader: Sendable {
    private let encoder: any ImageEncoder
    private let frozen: FrozenImageEncoder
    private let decoder: PictureDecoder
    private let device: Device

    /// - Parameter featureCache: the folder in which a frozen encoder's features are kept; nil to keep nothing.
    init(_ encoder: any ImageEncoder, featureCache: URL?, device: Device) {
        self.encoder = encoder
        frozen = FrozenImageEncoder(encoder, cacheRoot: featureCache, device: device)
        decoder = PictureDecoder(geometry: encoder.preprocessing.geometry)
        self.device = device
    }

    /// The pictures of a batch.
    struct Seen {
        /// Those that could be had, in their order; nil where none could.
        var pictures: Batch.Pictures?
        /// The outcome of each picture.
        var outcomes: [PictureOutcome]
        /// Why features cannot be kept, if that is so.
        var cacheFailure: String?
    }

    /// The hash of each picture's file; nil where there is none that can be read.
    func hashes(of inputs: [PreparedPost.Picture]) -> [ContentHash?] {
        inputs.map { input in
            if case .file(let url) = input { frozen.hash(of: .file(url)) } else { nil }
        }
    }

    /// - Parameter trained: whether gradients reach the encoder, if it is not frozen.
    func read(_ inputs: [PreparedPost.Picture], trained: Bool) -> Seen {
        let files = inputs.enumerated().compactMap { index, input in
            if case .file(let url) = input { (index: index, source: PictureSource.file(url)) } else { nil }
        }
        var seen = Seen(
            outcomes: inputs.map {
                if case .absent(let outcome) = $0 { outcome } else { PictureOutcome(.used) }
            })
        guard !files.isEmpty else { return seen }
        let errors: [PictureError?]
        if trained && encoder.parameters().contains(where: { $0.tensor.requiresGradient }) {
            let decoded = decoder.decode(files.map(\.source))
            let squares = decoded.compactMap { try? $0.get() }
            seen.pictures = squares.isEmpty ? nil : .pixels(encoder.preprocessing.pixels(of: squares).to(device))
            errors = decoded.map { if case .failure(let error) = $0 { error } else { nil } }
        } else {
            let encoded = frozen.encode(files.map(\.source))
            seen.pictures = encoded.features.map { .features($0) }
            seen.cacheFailure = encoded.cacheFailure
            errors = encoded.errors
        }
        for (file, error) in zip(files, errors) {
            if let error { seen.outcomes[file.index] = PictureOutcome(error) }
        }
        return seen
    }
}
