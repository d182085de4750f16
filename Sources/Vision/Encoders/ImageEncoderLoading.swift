import Foundation
import Support
import Torch

/// Loads an image encoder from its published weights.
///
/// A folder with a `config.json` is one of Hugging Face, see ``PublishedImageEncoder``. Elsewhere the names of the weights
/// say which of the ``ImageEncoderKind`` they are of, or they are a vision transformer or a ConvNeXt of torchvision.
/// - Parameter url: A weight file, or a folder that holds one.
/// - Throws: `ImageEncoderError`; `WeightsError` for a broken file; `WeightMismatch` for keys that do not fit.
public func loadImageEncoder(at url: URL) throws -> any ImageEncoder {
    let isPublished = FileManager.default.fileExists(atPath: url.appending(path: "config.json").path)
    guard isPublished else { return try loadNamedImageEncoder(at: url) }
    let configuration = ImageEncoderConfiguration.published(try PublishedImageEncoder(folder: url))
    let file = try weightFile(at: url)
    return try load(loadWeights(at: file), of: file, into: configuration)
}

/// Loads an image encoder whose structure the names of its weights tell.
/// - Parameter url: A weight file, or a folder that holds one.
/// - Throws: as ``loadImageEncoder(at:)``.
package func loadNamedImageEncoder(at url: URL) throws -> any ImageEncoder {
    let file = try weightFile(at: url)
    let weights = try loadWeights(at: file)
    if let kind = ImageEncoderKind(keys: weights.keys) { return try load(weights, of: file, into: .named(kind)) }
    guard let found = TorchvisionWeights.recognized(weights) else {
        throw ImageEncoderError.unknownArchitecture(file: file.path)
    }
    let name = file.deletingPathExtension().lastPathComponent
    let published = try PublishedImageEncoder(name: name, found.structure, found.preprocessing, file: file.path)
    return try load(found.weights, of: file, into: .published(published), keyMap: found.keyMap)
}

private func load(
    _ weights: [String: Tensor], of file: URL, into configuration: ImageEncoderConfiguration, keyMap: KeyMap? = nil
) throws -> any ImageEncoder {
    let encoder = try Initialization.deferred { configuration.makeEncoder() }
    try encoder.load(weights, keyMap: keyMap ?? encoder.keyMap, file: file)
    return encoder
}

/// The weight file at a place: itself, or the one in a folder. The names of Hugging Face's folders come first, among them
/// the index of weights in several files, then the first of the right kind in alphabetical order.
func weightFile(at url: URL) throws -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
        return url
    }
    let names: [String]
    do {
        names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    } catch {
        throw WeightsError.unreadable(file: url.path, reason: reason(of: error))
    }
    let kinds = [".safetensors", ".pth", ".bin"]
    let candidates =
        publishedWeightNames.filter(names.contains)
        + kinds.flatMap { kind in names.filter { $0.hasSuffix(kind) } }
    guard let name = candidates.first else { throw ImageEncoderError.noWeights(folder: url.path) }
    return url.appending(path: name)
}
