import Foundation
import Torch

/// Loads an image encoder from its published weights, whose names say which it is.
/// - Parameter url: A weight file, or a folder that holds one.
/// - Throws: `ImageEncoderError`; `WeightsError` for a broken file; `WeightMismatch` for keys that do not fit.
public func loadImageEncoder(at url: URL) throws -> any ImageEncoder {
    let file = try weightFile(at: url)
    let weights = try loadWeights(at: file)
    guard let kind = ImageEncoderKind(keys: weights.keys) else {
        throw ImageEncoderError.unknownArchitecture(file: file.path)
    }
    let encoder = Initialization.skipped { kind.makeEncoder() }
    try encoder.load(weights, keyMap: encoder.keyMap)
    return encoder
}

/// The weight file at a place: itself, or the one in a folder. `model.safetensors` and `pytorch_model.bin`, the names
/// of Hugging Face's folders, come first, then the first of the right kind in alphabetical order.
func weightFile(at url: URL) throws -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
        return url
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    let kinds = [".safetensors", ".pth", ".bin"]
    let candidates =
        ["model.safetensors", "pytorch_model.bin"].filter(names.contains)
        + kinds.flatMap { kind in names.filter { $0.hasSuffix(kind) } }
    guard let name = candidates.first else { throw ImageEncoderError.noWeights(folder: url.path) }
    return url.appending(path: name)
}
