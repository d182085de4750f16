import Foundation
import Support

extension AdapterConfiguration {
    /// Reads the `adapter_config.json` of a PEFT folder.
    /// - Throws: ``AdapterError``.
    package init(contentsOf folder: URL) throws { self = try AdapterFiles(folder: folder).configuration() }
}

/// The files of a PEFT folder.
struct AdapterFiles {
    let folder: URL

    var configurationFile: URL { folder.appending(path: "adapter_config.json") }

    /// The weights' files, best first.
    private static let weightNames = ["adapter_model.safetensors", "adapter_model.bin"]

    /// What PEFT puts before the names of the network that it adapts.
    private static let prefix = "base_model.model."

    /// - Throws: ``AdapterError``.
    func configuration() throws -> AdapterConfiguration {
        let file = configurationFile
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw AdapterError.unreadable(path: file.path, reason: Support.reason(of: error))
        }
        do {
            return try JSONDecoder().decode(
                AdapterConfiguration.self, from: data, rule: "it is an adapter_config.json that PEFT saved")
        } catch {
            throw AdapterError.badConfiguration(path: file.path, problem: error.description)
        }
    }

    /// The weights by the names of the network, and their file.
    /// - Throws: ``AdapterError``, `WeightsError`.
    func weights() throws -> (file: URL, weights: [String: Tensor]) {
        let files = Self.weightNames.map { folder.appending(path: $0) }
        let file = files.first { FileManager.default.fileExists(atPath: $0.path) } ?? files[0]
        let weights = try loadWeights(at: file)
        guard weights.keys.allSatisfy({ $0.hasPrefix(Self.prefix) }) else { return (file, weights) }
        let named = weights.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) }
        return (file, Dictionary(uniqueKeysWithValues: named))
    }

    /// - Throws: `WeightsError`.
    func write(_ configuration: AdapterConfiguration, _ weights: [NamedTensor], metadata: [String: String]) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try AtomicFile.write(JSONEncoder.readable.encode(configuration), to: configurationFile)
        } catch {
            throw WeightsError.unwritable(file: configurationFile.path, reason: Support.reason(of: error))
        }
        let named = weights.map { (Self.prefix + $0.path, $0.tensor.detached()) }
        try saveSafetensors(
            Dictionary(uniqueKeysWithValues: named), metadata: metadata.merging(["format": "pt"]) { $1 },
            to: folder.appending(path: Self.weightNames[0]))
    }
}
