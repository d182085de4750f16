import Foundation
import Torch
import Vision

/// Turns the pictures of a batch into the model's input.
struct PictureReader {
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

    /// What a batch's pictures came to.
    struct Seen {
        /// Those that could be had, in the order of their posts; nil where none could.
        var pictures: Batch.Pictures?
        /// What became of each post's picture.
        var statuses: [PictureStatus]
        /// Why pictures could not be had.
        var lost: [String] = []
    }

    /// - Parameter trained: whether gradients are to reach the encoder, if it is not frozen.
    func read(_ inputs: [PreparedPost.Picture], trained: Bool) -> Seen {
        var seen = Seen(statuses: [])
        var sources: [PictureSource] = []
        for input in inputs {
            switch input {
            case .absent(let status): seen.statuses.append(status)
            case .file(let url):
                sources.append(.file(url))
                seen.statuses.append(.used)
            }
        }
        guard !sources.isEmpty else { return seen }
        let errors: [PictureError?]
        if trained && encoder.parameters().contains(where: { $0.tensor.requiresGradient }) {
            let decoded = decoder.decode(sources)
            let squares = decoded.compactMap { try? $0.get() }
            seen.pictures = squares.isEmpty ? nil : .pixels(encoder.preprocessing.pixels(of: squares).to(device))
            errors = decoded.map { if case .failure(let error) = $0 { error } else { nil } }
        } else {
            let encoded = frozen.encode(sources)
            seen.pictures = encoded.features.map { .features($0) }
            seen.lost += encoded.cacheFailure.map { [$0] } ?? []
            errors = encoded.errors
        }
        var outcome = errors.makeIterator()
        for index in seen.statuses.indices where seen.statuses[index] == .used {
            guard case .some(.some(let error)) = outcome.next() else { continue }
            seen.statuses[index] = error.status
            seen.lost.append(error.description)
        }
        return seen
    }
}
