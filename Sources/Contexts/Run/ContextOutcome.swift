import Vision

/// What became of a picture.
public enum ContextOutcome: Sendable, Equatable {
    /// Its context was in the cache.
    case cached(ContentHash)
    /// Its context was made, and took these tokens where the server counts them.
    case generated(ContentHash, promptTokens: Int?, completionTokens: Int?)
    /// It looks like a picture before, byte by byte, and shares what became of that one.
    case repeated(ContentHash)
    /// It has no context; without a fingerprint where it could not even be read.
    case failed(ContentHash?, GenerationFailure)

    /// The picture's fingerprint.
    public var picture: ContentHash? {
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
            tally.promptTokens += prompt ?? 0
            tally.completionTokens += completion ?? 0
        case .repeated: tally.repeated += 1
        case .failed: tally.failed += 1
        }
    }
}
