import Foundation
import Support
import Torch

/// A frozen encoder's features of a list of pictures, of which some may be bad.
public struct EncodedPictures: Sendable {
    /// The features of those pictures that could be decoded, in their order: `[good, regions, width]` and
    /// `[good, width]`; nil if none could.
    public let features: ImageFeatures?
    /// For each picture, why it could not be decoded; nil for a good one.
    public let errors: [PictureError?]
    /// The number of pictures found in the cache.
    public let cachedCount: Int
    /// What is wrong with the cache, if anything: entries that were damaged, or why none can be written. The features are
    /// as good all the same.
    public let cacheFailure: String?
}

/// An image encoder that is not trained, with a cache of what it saw.
///
/// Features are rounded to 16-bit floats (relative error below 2^-11) whether or not they come from the cache, so that
/// an epoch that fills the cache computes the same as one that reads it.
public final class FrozenImageEncoder: Sendable {
    /// The network.
    public let encoder: any ImageEncoder
    /// The folder of the kept features, if there is one.
    package let cache: FeatureCache?
    private let decoder: PictureDecoder
    private let hashes = PictureHashes()
    private let device: Device

    /// The number of pictures that are encoded at once.
    ///
    /// On the CPU few, so that EfficientNet-Lite0's maps stay below the 32 MiB from which on the allocator asks the
    /// system for fresh pages each time: measured, a picture then takes two thirds of its time in a batch of 28.
    private var batchCount: Int { device.isCPU ? 6 : 32 }

    /// Takes a network that has its weights, and a folder for the cache.
    /// - Parameters:
    ///   - cacheRoot: The folder in which the cache makes its own; nil to keep nothing.
    ///   - device: Where the network is, and where features are wanted.
    public init(
        _ encoder: any ImageEncoder, cacheRoot: URL? = nil, limits: PictureLimits = PictureLimits(),
        device: Device = .cpu
    ) {
        self.encoder = encoder
        cache = cacheRoot.map { FeatureCache(root: $0, encoder: encoder) }
        decoder = PictureDecoder(geometry: encoder.preprocessing.geometry, limits: limits)
        self.device = device
    }

    /// Gives the features of pictures: from the cache, or else decoded on all cores and encoded in batches.
    ///
    /// Call it outside `withAutocast`: features are of full precision. The network is used as it is in inference,
    /// in ``withTrainingMode(_:_:)`` too, and no gradient reaches it.
    public func encode(_ sources: [PictureSource]) -> EncodedPictures {
        let entries = FeatureEntries(count: sources.count, encoder: encoder)
        let findings = look(for: sources, entries)
        let decoded = findings.indices.compactMap { index -> Decoded? in
            guard case .decoded(let picture, let hash, let replacesDamaged) = findings[index] else { return nil }
            return (index, picture, hash, replacesDamaged)
        }
        let damaged = decoded.count(where: \.replacesDamaged)
        var cacheFailure = cache.flatMap { cache in
            damaged == 0
                ? nil : "\(damaged) entries of the feature cache \(cache.folder.path) were damaged; they are made anew"
        }
        for start in stride(from: 0, to: decoded.count, by: batchCount) {
            let batch = decoded[start..<min(start + batchCount, decoded.count)]
            entries.fill(batch.map(\.index), from: features(of: batch.map(\.picture)))
            cacheFailure = keep(batch, entries) ?? cacheFailure
        }
        let errors = findings.map(\.error)
        let good = errors.indices.filter { errors[$0] == nil }
        return EncodedPictures(
            features: good.isEmpty ? nil : entries.features(at: good, on: device), errors: errors,
            cachedCount: good.count - decoded.count, cacheFailure: cacheFailure)
    }

    /// The hash of a picture's bytes; nil where they cannot be read.
    package func hash(of source: PictureSource) -> ContentHash? {
        try? source.withRoom(limits: decoder.limits) { () throws(PictureError) in
            try hashes.hash(of: source, limits: decoder.limits).hash
        }
    }

    private typealias Decoded = (index: Int, picture: RGBPicture, hash: ContentHash?, replacesDamaged: Bool)

    /// The state of a picture before the network sees it.
    private enum Finding: Sendable {
        /// Its entry is filled.
        case cached
        case decoded(RGBPicture, ContentHash? = nil, replacesDamaged: Bool = false)
        case failed(PictureError)

        var error: PictureError? {
            if case .failed(let error) = self { error } else { nil }
        }
    }

    private func look(for sources: [PictureSource], _ entries: FeatureEntries) -> [Finding] {
        concurrentMap(Array(sources.enumerated())) { [cache, decoder, hashes] index, source in
            do throws(PictureError) {
                guard let cache else { return .decoded(try decoder.decode(source)) }
                return try source.withRoom(limits: decoder.limits) { () throws(PictureError) in
                    let (hash, bytes) = try hashes.hash(of: source, limits: decoder.limits)
                    let entry = cache.read(hash, into: entries[index])
                    if entry == .read { return .cached }
                    let file = if let bytes { bytes } else { try source.read(limits: decoder.limits) }
                    let picture = try decoder.decode(file, name: source.name)
                    return .decoded(picture, hash, replacesDamaged: entry == .damaged)
                }
            } catch {
                return .failed(error)
            }
        }
    }

    private func features(of pictures: [RGBPicture]) -> ImageFeatures {
        withTrainingMode(false) { withoutGradients { encoder(pictures, on: device) } }
    }

    /// Writes entries to the cache, up to the first failure, which it describes.
    private func keep(_ batch: ArraySlice<Decoded>, _ entries: FeatureEntries) -> String? {
        guard let cache else { return nil }
        do {
            for (index, _, hash, _) in batch {
                if let hash { try cache.write(UnsafeRawBufferPointer(entries[index]), for: hash) }
            }
            return nil
        } catch {
            return "features cannot be kept in \(cache.folder.path) (\(reason(of: error))); make room there"
        }
    }
}
