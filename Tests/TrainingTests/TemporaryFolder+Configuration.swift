import Foundation
import TestSupport
import Testing
import Training

extension TemporaryFolder {
    /// Reads a configuration from a file of this folder.
    func read(_ yaml: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(contentsOf: write(yaml, to: "config.yaml"))
    }

    /// What is said about a file that should be refused.
    func complaint(_ yaml: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: ConfigurationError.self, sourceLocation: sourceLocation) {
            try read(yaml)
        }
        return (error?.description ?? "").replacing(self["config.yaml"].path, with: "config.yaml")
    }
}
