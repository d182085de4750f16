import Foundation
import Synchronization
import Vision

/// Describes pictures as they come, a few at a time, with one generator of any kind.
///
/// After too many failures it asks the server no more, and still answers from the cache.
package final class PictureDescriber: Sendable {
    /// The description of a picture.
    package enum Answer: Sendable, Equatable {
        /// It was described now.
        case generated(String)
        /// It was described before.
        case cached(String)
        /// It has no description, and why.
        case failed(String)
    }

    private let answers: @Sendable ([PictureSource]) async throws -> (answers: [Answer], stop: String?)
    private let stored: @Sendable (PictureSource) throws -> String?
    private let close: @Sendable () async -> Void
    private let stopReason = Mutex<String?>(nil)

    /// A describer over a runner, whose generator ``finish()`` closes.
    package init<Generator: ContextGenerator>(_ runner: ContextRunner<Generator>) {
        close = { await runner.close() }
        stored = { try runner.text(of: $0) }
        answers = { sources in
            let result = try await runner.run(sources)
            var failures: [ContentHash: String] = [:]
            var isNew: Set<ContentHash> = []
            for outcome in result.outcomes {
                switch outcome {
                case .failed(let picture?, let failure): failures[picture] = failure.description
                case .generated(let picture, _, _): isNew.insert(picture)
                default: break
                }
            }
            let stop = result.stop.map { "stopped describing pictures: \($0.reason)" }
            let unasked = "no description was requested"
            let answers = try zip(sources, result.outcomes).map { source, outcome -> Answer in
                if case .failed(nil, let failure) = outcome { return .failed(failure.description) }
                guard let picture = outcome?.picture else {
                    return try runner.text(of: source).map { .cached($0) } ?? .failed(stop ?? unasked)
                }
                if let text = try runner.text(of: picture) {
                    return isNew.contains(picture) ? .generated(text) : .cached(text)
                }
                return .failed(failures[picture] ?? stop ?? unasked)
            }
            return (answers, stop)
        }
    }

    /// Why the describer stopped asking; nil while the server answers.
    package var stop: String? { stopReason.withLock { $0 } }

    /// The descriptions of pictures, in their order.
    /// - Throws: ``ContextCacheError``.
    package func describe(_ pictures: [PictureSource]) async throws -> [Answer] {
        if pictures.isEmpty { return [] }
        if let stop { return try pictures.map { try stored($0).map { .cached($0) } ?? .failed(stop) } }
        let (answers, stop) = try await answers(pictures)
        if let stop { stopReason.withLock { $0 = stop } }
        return answers
    }

    /// Closes connections.
    package func finish() async { await close() }
}
