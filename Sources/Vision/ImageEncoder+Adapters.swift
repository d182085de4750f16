import Foundation
import Torch

extension ImageEncoder {
    /// Its linear layers, and the adapters that are or may be in them.
    public var adapters: NetworkAdapters { NetworkAdapters(self, keyMap: keyMap) }
}

/// The weight file that ``loadImageEncoder(at:)`` reads at a place.
/// - Throws: `ImageEncoderError`, `WeightsError`.
package func imageWeightsFile(at url: URL) throws -> URL { try weightFile(at: url) }
