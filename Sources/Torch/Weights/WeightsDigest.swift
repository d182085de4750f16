import Foundation
import Support

/// The SHA-256 of a file of weights in 64 hexadecimal digits; of weights in several files, that of all their bytes, one
/// file after the other in the order of their names.
/// - Throws: `WeightsError`.
package func weightsDigest(at url: URL) throws -> String {
    let file = try MappedFile(at: url)
    let parts = ShardIndex.isBeginning(of: file.bytes) ? try ShardIndex(file).files(beside: url) : [file]
    var hash = SHA256()
    for part in parts { withExtendedLifetime(part) { hash.update(part.bytes) } }
    return hash.finalize().hexadecimal
}

extension [NamedTensor] {
    /// The SHA-256 of all names, shapes and values, in 64 hexadecimal digits.
    /// - Throws: `TorchError` where a tensor cannot be brought to the CPU.
    package func digest() throws -> String {
        var hash = SHA256()
        for (path, tensor) in self {
            hash.update("\(path) \(tensor.shape)\n".utf8)
            let values = try withTorchErrors { tensor.detached().to(.float32) }
            values.withUnsafeElements(as: Float.self) { hash.update(UnsafeRawBufferPointer($0)) }
        }
        return hash.finalize().hexadecimal
    }
}
