import Corpus
import Extraction
import Foundation
import Support
import Torch

/// The files of one training run.
///
/// `config.yaml` and `environment.json` say what is run, `metrics.jsonl` what happened, `checkpoint.safetensors` is the
/// last state, and `model/` the best model so far. Metrics are appended to, and every other file is replaced as a whole, so
/// that a run which is killed at any moment leaves whole files.
package struct RunFolder: Sendable {
    package let url: URL

    package init(url: URL) { self.url = url }

    package var configuration: URL { url.appending(path: "config.yaml") }
    package var environment: URL { url.appending(path: "environment.json") }
    package var metrics: URL { url.appending(path: "metrics.jsonl") }
    package var checkpoint: URL { url.appending(path: "checkpoint.safetensors") }
    package var model: URL { url.appending(path: "model") }

    /// Starts a run in a new or empty folder.
    /// - Throws: ``RunError``.
    package static func create(
        at url: URL, configuration: TrainingConfiguration, environment: RunEnvironment
    ) throws -> RunFolder {
        let folder = RunFolder(url: url)
        try folder.requireFree()
        try writing(url) { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
        // A folder holds a run once it has the configuration, so that no run is without its environment.
        try folder.write(environment)
        try write(Data(configuration.yaml.utf8), to: folder.configuration)
        return folder
    }

    /// - Throws: ``RunError/occupied(path:)`` where there is something of a run.
    func requireFree() throws {
        for file in [configuration, metrics, checkpoint, model]
        where FileManager.default.fileExists(atPath: file.path) {
            throw RunError.occupied(path: url.path)
        }
    }

    /// The defaults of a configuration with which the run is continued: the structure of a run that started from a trained
    /// model, which its configuration may leave out; nil for others.
    package func startedDefaults() throws -> TrainingConfiguration? {
        guard try startedEnvironment()?.start != nil else { return nil }
        return TrainingConfiguration(
            structureOf: try TrainingConfiguration(contentsOf: configuration, onto: .earlier))
    }

    /// Opens a run to continue it.
    /// - Throws: ``RunError`` when nothing was started here, or with other settings, other data or unrecorded data.
    package static func resume(
        at url: URL, configuration: TrainingConfiguration, environment: RunEnvironment
    ) throws -> RunFolder {
        let folder = RunFolder(url: url)
        guard FileManager.default.fileExists(atPath: folder.configuration.path) else {
            throw RunError.nothingToResume(path: url.path)
        }
        let started = try TrainingConfiguration(contentsOf: folder.configuration, onto: .earlier)
        let before = try folder.startedEnvironment()
        let differences = started.differences(from: configuration) + (before?.differences(from: environment) ?? [])
        guard differences.isEmpty else {
            throw RunError.otherConfiguration(path: url.path, differences: differences)
        }
        if before == nil { try folder.write(environment) }
        return folder
    }

    /// The environment that the run was started in; nil where it cannot be read and nothing was trained yet.
    /// - Throws: ``RunError/damaged(path:reason:)`` where there is a checkpoint but no record of its data.
    func startedEnvironment() throws -> RunEnvironment? {
        do {
            return try JSONDecoder().decode(RunEnvironment.self, from: Data(contentsOf: environment))
        } catch {
            guard FileManager.default.fileExists(atPath: checkpoint.path) else { return nil }
            throw RunError.damaged(
                path: environment.path,
                reason: "without it a change of the data cannot be detected; restore it, or start in another folder")
        }
    }

    /// Whether there are a checkpoint and the model that goes with it, whose files are then left as they are.
    var holdsModel: Bool {
        [checkpoint, model.appending(path: "config.json")].allSatisfy {
            FileManager.default.fileExists(atPath: $0.path)
        }
    }

    /// Whether the best model's weights are there.
    package var holdsWeights: Bool {
        ["model.safetensors", "heads.safetensors"].contains {
            FileManager.default.fileExists(atPath: model.appending(path: $0).path)
        }
    }

    /// Keeps a state and its tensors.
    /// - Throws: `WeightsError` when the file cannot be written; the checkpoint before is then unharmed.
    package func save(_ state: TrainingState, tensors: [String: Tensor]) throws {
        let json = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
        try saveSafetensors(tensors, metadata: ["state": json], to: checkpoint)
    }

    /// The last state with its tensors; nil when the run has not saved one yet.
    /// - Throws: ``RunError/damaged(path:reason:)``.
    package func lastState() throws -> (state: TrainingState, tensors: [String: Tensor])? {
        guard FileManager.default.fileExists(atPath: checkpoint.path) else { return nil }
        do {
            let file = try SafetensorsFile(at: checkpoint)
            guard let json = file.metadata["state"] else {
                throw RunError.damaged(path: checkpoint.path, reason: "it has no state")
            }
            let state = try JSONDecoder().decode(
                TrainingState.self, from: Data(json.utf8), rule: "put back the file that was saved")
            guard state.isPossible else {
                throw RunError.damaged(path: checkpoint.path, reason: "its state has numbers that no run reaches")
            }
            return (state, try file.tensors())
        } catch let error as RunError {
            throw error
        } catch is DecodingError {
            throw RunError.damaged(path: checkpoint.path, reason: "its state is none that a run keeps")
        } catch {
            throw RunError.damaged(path: checkpoint.path, reason: "\(error)")
        }
    }

    /// Drops the lines that were written after the step from which a run continues, and any that was cut short.
    /// - Returns: the lines that are left.
    @discardableResult
    package func rewindMetrics(to step: Int) throws -> [Metrics] {
        let kept = try readMetrics().filter { $0.step <= step }
        try Self.write(Data(kept.map { try $0.line }.joined()), to: metrics)
        return kept
    }

    /// The whole lines of `metrics.jsonl`.
    package func readMetrics() throws -> [Metrics] {
        guard let data = try? Data(contentsOf: metrics) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(Metrics.self, from: $0)
        }
    }

    private func write(_ environment: RunEnvironment) throws {
        try Self.write(try JSONEncoder.readable.encode(environment), to: self.environment)
    }

    /// Writes a whole file.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package static func write(_ data: Data, to file: URL) throws {
        try writing(file) { try AtomicFile.write(data, to: file) }
    }

    /// Does what writes a file or folder, and says which one where that fails.
    package static func writing<Value>(_ file: URL, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as RunError {
            throw error
        } catch {
            throw RunError.unwritable(path: file.path, reason: reason(of: error))
        }
    }
}
