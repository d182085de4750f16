import Corpus
import Extraction
import Foundation
import Torch

/// The data and machine of a run, as `environment.json` keeps them.
package struct RunEnvironment: Sendable, Codable, Equatable {
    package var started: String
    package var operatingSystem: String
    package var processors: Int
    package var threads: Int
    package var libtorch: String
    package var device: String
    /// The machine whose timings chose the engines; nil in a run that was begun before they were chosen.
    package var machine: Machine?
    /// The engines and the precision of the run, which a resumed run keeps.
    package var kernels: RunKernels?
    /// The dataset's folder and the fingerprint of each split.
    package var dataset: [String: String]
    /// The context file; nil when contexts come with the posts or there are none.
    package var contexts: String?
    /// The fingerprint of the contexts of all splits.
    package var contextFingerprint: Fingerprint?
    /// The encoders that the run's adapters change, which its checkpoints do not hold; nil in a run without adapters.
    package var encoders: EncoderReferences?

    /// The trained model from which the run started; nil in one that started afresh.
    package var start: RunStart?

    package init(
        device: Device, dataset: Dataset, contexts: String?, kernels: RunKernels? = nil,
        encoders: EncoderReferences? = nil, start: RunStart? = nil
    ) {
        started = ISO8601DateFormatter().string(from: Date())
        operatingSystem = ProcessInfo.processInfo.operatingSystemVersionString
        processors = ProcessInfo.processInfo.activeProcessorCount
        threads = Engine.threadCount
        libtorch = Engine.version
        self.device = "\(device)"
        machine = device.isCPU ? Machine() : nil
        self.kernels = kernels
        self.encoders = encoders
        self.start = start
        self.dataset = dataset.fingerprints
        self.contexts = contexts
        contextFingerprint = Fingerprint(contextsOf: dataset.splits.values.joined())
    }

    /// The differences between data and encoders and those of another environment; names and machines do not count.
    func differences(from other: RunEnvironment) -> [String] {
        let weights = encoders.flatMap { own in other.encoders.map { own.differences(from: $0) } } ?? []
        return weights + dataDifferences(from: other)
    }

    private func dataDifferences(from other: RunEnvironment) -> [String] {
        let splits = Set(dataset.keys).union(other.dataset.keys).subtracting(["name"]).sorted()
        let posts = splits.filter { dataset[$0] != other.dataset[$0] }.map { split in
            "the \(split) split is \(dataset[split] ?? "absent") there, \(other.dataset[split] ?? "absent") here"
        }
        guard contexts == other.contexts else {
            return posts + ["contexts are from \(contexts ?? "no file") there, \(other.contexts ?? "no file") here"]
        }
        return contextFingerprint == other.contextFingerprint ? posts : posts + ["the contexts themselves are others"]
    }
}

extension Dataset {
    /// Name and fingerprint of each split.
    package var fingerprints: [String: String] {
        var result = ["name": name]
        for (split, posts) in splits { result["\(split)"] = Fingerprint(posts: posts).title }
        return result
    }
}
