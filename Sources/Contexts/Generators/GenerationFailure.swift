import Foundation

/// Why a picture has no context.
package struct GenerationFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure, in the words of the list of failures.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// The picture is missing, too large or cannot be decoded; it was not sent.
        case picture
        /// The server does not answer at all.
        case unreachable
        /// The server did not answer in time.
        case timeOut = "time-out"
        /// The server asks for patience (429).
        case rateLimit = "rate limit"
        /// The server failed (5xx).
        case serverError = "server error"
        /// The server does not take this request (4xx).
        case rejected
        /// The server wants a key, or does not take this one (401, 403).
        case unauthorized
        /// The server has no such path or model (404).
        case notFound = "not found"
        /// The answer is not what the protocol says.
        case invalidAnswer = "invalid answer"
        /// The answer has no words.
        case empty
        /// The model or its guard refuses to describe the picture.
        case refused
        /// The answer was cut at the limit of tokens.
        case cut
    }

    package var kind: Kind
    /// The event, for people.
    package var reason: String
    /// The wait that the server asks for, in seconds.
    package var retryAfter: Double?
    /// The number of attempts.
    package var attempts = 1

    package init(_ kind: Kind, _ reason: String, retryAfter: Double? = nil) {
        self.kind = kind
        self.reason = reason
        self.retryAfter = retryAfter
    }

    package var description: String {
        let wish = retryAfter.map { String(format: "the server asks for %.0f s", $0) }
        let details = [attempts > 1 ? "\(attempts) attempts" : nil, wish].compactMap { $0 }
        return "\(kind.rawValue): \(reason)" + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
    }

    /// Whether the fault is the server's, and not this picture's.
    var isServers: Bool {
        switch kind {
        case .unreachable, .timeOut, .rateLimit, .serverError: true
        default: false
        }
    }

    /// Whether every other picture would fail in the same way.
    var isFinal: Bool { kind == .unauthorized || kind == .notFound }

    /// Whether the answer is at fault, so that only another answer helps.
    var isAnswers: Bool {
        switch kind {
        case .invalidAnswer, .empty, .refused, .cut: true
        default: false
        }
    }
}
