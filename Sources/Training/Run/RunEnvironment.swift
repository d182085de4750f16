import Foundation
import Torch

/// On what a run was made, as `environment.json` keeps it.
public struct RunEnvironment: Sendable, Codable, Equatable {
    public var started: String
    public var operatingSystem: String
    public var processors: Int
    public var threads: Int
    public var libtorch: String
    public var device: String
    /// The dataset's folder and the fingerprint of each split.
    public var dataset: [String: String]
    /// The context file; nil when contexts come with the posts or there are none.
    public var contexts: String?

    public init(device: Device, dataset: [String: String], contexts: String?) {
        started = ISO8601DateFormatter().string(from: Date())
        operatingSystem = ProcessInfo.processInfo.operatingSystemVersionString
        processors = ProcessInfo.processInfo.activeProcessorCount
        threads = Engine.threadCount
        libtorch = Engine.version
        self.device = "\(device)"
        self.dataset = dataset
        self.contexts = contexts
    }
}
