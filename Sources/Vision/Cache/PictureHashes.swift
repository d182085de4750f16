import Foundation
import Synchronization

/// Hashes of picture files, remembered for as long as a file stays as it was.
///
/// Looking at a file's stamp is far cheaper than reading it, which is all that an epoch after the first needs.
final class PictureHashes: Sendable {
    /// As many are remembered; then all are forgotten, so that an endless stream of pictures takes no endless memory.
    private static let capacity = 100_000

    private let known = Mutex<[URL: (stamp: FileStamp, hash: ContentHash)]>([:])

    /// A picture's hash, with its bytes where reading them was necessary.
    func hash(
        of source: PictureSource, limits: PictureLimits
    ) throws(PictureError) -> (hash: ContentHash, bytes: Data?) {
        guard case .file(let url) = source else {
            let bytes = try source.read(limits: limits)
            return (ContentHash(of: bytes), bytes)
        }
        let stamp = try FileStamp(of: url)
        if let entry = known.withLock({ $0[url] }), entry.stamp == stamp { return (entry.hash, nil) }
        let bytes = try source.read(limits: limits)
        let hash = ContentHash(of: bytes)
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[url] = (stamp, hash)
        }
        return (hash, bytes)
    }
}
