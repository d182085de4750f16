import Foundation
import Torch

/// Loads a text encoder from a Hugging Face folder: its `config.json` and its weights.
/// - Throws: ``TextEncoderError``, `WeightsError` for a damaged file, and `TorchError` where memory runs out.
public func loadTextEncoder(folder: URL) throws -> any TextEncoder {
    let configuration = try TextEncoderConfiguration(folder: folder)
    let encoder = try Initialization.deferred { configuration.makeEncoder() }
    try encoder.load(folder: folder)
    return encoder
}

extension TextEncoder {
    /// Loads the weights of a Hugging Face folder into this encoder.
    /// - Throws: ``TextEncoderError``, and `WeightsError` for a damaged file.
    public func load(folder: URL) throws {
        let file = try textWeightsFile(in: folder)
        let weights = try loadWeights(at: file)
        let (kind, kinds) = (configuration.kind, TextEncoderKind.kinds(keys: weights.keys))
        if let other = kinds.first, !kinds.contains(kind) {
            let problem = "the weights are those of \(other.rawValue), but config.json is that of \(kind.rawValue)"
            throw TextEncoderError.badWeights(path: file.path, problem: problem)
        }
        do {
            try load(published: weights)
        } catch let mismatch as WeightMismatch {
            throw TextEncoderError.badWeights(path: file.path, problem: mismatch.description)
        }
    }
}

/// The weight file of a Hugging Face folder, or the index of several.
/// - Throws: ``TextEncoderError/missingWeights(folder:lookedFor:)``.
package func textWeightsFile(in folder: URL) throws -> URL {
    let names = publishedWeightNames
    let files = names.map { folder.appending(path: $0) }
    guard let file = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
        throw TextEncoderError.missingWeights(folder: folder.path, lookedFor: names)
    }
    return file
}

/// Why an encoder cannot be loaded from a Hugging Face folder.
public enum TextEncoderError: Error, CustomStringConvertible, Sendable, Equatable {
    /// A file of the folder is missing or cannot be read.
    case missingFile(path: String)
    /// `config.json` lacks a key or says what is not supported.
    case badConfiguration(path: String, problem: String)
    /// None of the weight files that `transformers` writes is there.
    case missingWeights(folder: String, lookedFor: [String])
    /// The weights are not those of this configuration.
    case badWeights(path: String, problem: String)

    public var description: String {
        switch self {
        case .missingFile(let path): "\(path) cannot be read; the folder of a text encoder needs it"
        case .badConfiguration(let path, let problem): "\(path): \(problem)"
        case .missingWeights(let folder, let names):
            "\(folder) holds no weights; looked for \(names.joined(separator: ", "))"
        case .badWeights(let path, let problem): "\(path): \(problem)"
        }
    }
}
