import Corpus
import Foundation
import Vision

/// The outcome of a run, as `shapca contexts` reports it at the end.
package struct ContextReport: Sendable, Encodable {
    /// A picture without a context, and why.
    package struct Failure: Sendable, Encodable {
        package let image: String
        package let kind: String
        package let reason: String
        package let attempts: Int
    }

    package let pictures: Int
    package let generated: Int
    package let cached: Int
    package let repeated: Int
    package let retries: Int
    package let promptTokens: Int
    package let completionTokens: Int
    package let failures: [Failure]
    /// Pictures that the run did not reach.
    package let unasked: Int

    /// The report of a run about some files.
    package init<Generator>(_ result: ContextRunner<Generator>.Result, files: PictureFiles) {
        var known: [ContentHash: GenerationFailure] = [:]
        for case .failed(let picture?, let failure) in result.outcomes { known[picture] = failure }
        let failed = zip(files.files, result.outcomes).compactMap { file, outcome -> Failure? in
            switch outcome {
            case .failed(_, let failure): Failure(file.name, failure)
            case .repeated(let picture): known[picture].map { Failure(file.name, $0) }
            default: nil
            }
        }
        let ambiguous = files.ambiguous.map { path in
            Failure(
                path,
                GenerationFailure(.picture, "another picture has the same file name, by which contexts are looked up"))
        }
        failures = failed + ambiguous
        pictures = files.files.count + files.ambiguous.count
        generated = result.tally.generated
        cached = result.tally.cached
        repeated = result.tally.repeated
        retries = result.tally.retries
        promptTokens = result.tally.promptTokens
        completionTokens = result.tally.completionTokens
        unasked = result.unasked
    }

    /// The failures for people: by kind, the first few of each.
    package var listing: [String] {
        let kinds = Dictionary(grouping: failures, by: \.kind).sorted { $0.key < $1.key }
        return kinds.flatMap { kind, failures in
            ["\(failures.count) failed (\(kind)):"]
                + failures.prefix(10).map { "  \($0.image): \($0.reason)" }
                + (failures.count > 10 ? ["  and \(failures.count - 10) more"] : [])
        }
    }

    /// The counts in a sentence.
    package func summary(of output: URL) -> String {
        var parts = ["\(generated) generated", "\(cached) from the cache"]
        if repeated > 0 { parts.append("\(repeated) the same as another") }
        if retries > 0 { parts.append("\(retries) retries") }
        if completionTokens > 0 { parts.append("\(promptTokens) + \(completionTokens) tokens") }
        let path = output.path(percentEncoded: false)
        return "\(pictures - failures.count) of \(pictures) pictures have a context in \(path): "
            + parts.joined(separator: ", ")
    }

    /// Writes the list of failures beside the output, or removes that of an earlier run.
    /// - Returns: the list's place; nil where nothing failed.
    /// - Throws: `CorpusError` for a file that cannot be written.
    package func writeFailures(beside output: URL) throws -> URL? {
        let name = output.deletingPathExtension().lastPathComponent + ".failures.jsonl"
        let file = output.deletingLastPathComponent().appending(path: name)
        guard !failures.isEmpty else {
            try? FileManager.default.removeItem(at: file)
            return nil
        }
        try JSONLinesWriter.write(failures, to: file)
        return file
    }
}

extension ContextReport.Failure {
    init(_ image: String, _ failure: GenerationFailure) {
        self.init(
            image: image, kind: failure.kind.rawValue, reason: failure.reason, attempts: failure.attempts)
    }
}
