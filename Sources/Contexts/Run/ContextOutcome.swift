import Foundation
import Support
import Vision

/// The outcome of a picture.
package enum ContextOutcome: Sendable, Equatable {
    /// Its context was in the cache.
    case cached(ContentHash)
    /// Its context was made, and took these tokens where the server counts them.
    case generated(ContentHash, promptTokens: Int?, completionTokens: Int?)
    /// It looks like a picture before, byte by byte, and shares the outcome of that one.
    case repeated(ContentHash)
    /// It has no context; without a fingerprint where it could not even be read.
    case failed(ContentHash?, GenerationFailure)

    /// The picture's fingerprint.
    package var picture: ContentHash? {
        switch self {
        case .cached(let picture), .generated(let picture, _, _), .repeated(let picture): picture
        case .failed(let picture, _): picture
        }
    }

    func count(in tally: inout ContextTally) {
        switch self {
        case .cached: tally.cached += 1
        case .generated(_, let prompt, let completion):
            tally.generated += 1
            tally.promptTokens = tally.promptTokens.addingClamped(prompt ?? 0)
            tally.completionTokens = tally.completionTokens.addingClamped(completion ?? 0)
        case .repeated: tally.repeated += 1
        case .failed: tally.failed += 1
        }
    }
}

/// The progress of a run.
package struct ContextTally: Sendable, Equatable {
    /// Pictures to do.
    package var total: Int
    /// Pictures whose context was in the cache.
    package var cached = 0
    /// Pictures whose context was made.
    package var generated = 0
    /// Pictures that look like one before, byte by byte.
    package var repeated = 0
    /// Pictures without a context.
    package var failed = 0
    /// Attempts that failed and were repeated.
    package var retries = 0
    package var promptTokens = 0
    package var completionTokens = 0

    package init(total: Int) { self.total = total }

    /// Pictures that are done.
    package var done: Int { cached + generated + repeated + failed }

    /// The progress of the run and the time left, in a line.
    package func summary(after elapsed: Duration) -> String {
        let rate = Double(done - cached - repeated) / max(elapsed.seconds, 1e-3)
        let left = rate > 0 ? (Double(total - done) / rate).clockTime : "?"
        return "\(done)/\(total)  " + String(format: "%.1f pictures/s", rate)
            + (cached > 0 ? "  \(cached) from the cache" : "") + "  \(failed) failed  \(left) left"
    }
}
