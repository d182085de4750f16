import Foundation
import TestSupport
import Testing

/// An encoder, a corpus and a configuration that train within seconds, and a model that was trained from them.
enum Workshop {
    /// Beside the binaries, so that it is found and replaced by the next run of the tests.
    private static let folder = Program.folder.appending(path: "command-line-tests")

    static var encoder: URL { folder.appending(path: "encoder") }
    static var corpus: URL { folder.appending(path: "corpus") }
    static var configuration: URL { folder.appending(path: "tiny.yaml") }

    private static let isReady = Result {
        try? FileManager.default.removeItem(at: folder)
        try TinyBert.write(to: encoder)
        try TinyCorpus.write(to: corpus)
        let yaml = """
            text: {encoder: '\(encoder.path)', maximumLength: \(TinyBert.maximumPositions)}
            picture: {encoder: none}
            fusion: {width: 16, heads: 2}
            training: {epochs: 12, batchSize: 8, precision: fp32}
            learningRates: {default: 1e-2, textEncoder: 1e-2}
            """
        try Data(yaml.utf8).write(to: configuration)
    }

    /// Arguments that train in the tiny workshop.
    static func training(_ output: URL, _ more: String...) throws -> [String] {
        try isReady.get()
        return ["train", configuration.path, "--data", corpus.path, "--output", output.path] + more
    }

    private static let training = Result {
        try Program.run(training(folder.appending(path: "run")))
    }

    /// The run that trained ``model``.
    static func trained() throws -> Program.Outcome {
        let outcome = try training.get()
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    /// The folder of a trained model.
    static func model() throws -> URL {
        _ = try trained()
        return folder.appending(path: "run/model")
    }
}
