import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Support

/// Failures of server and connection in the words of ``GenerationFailure``.
package enum ChatFailure {
    /// An answer with another status than 200.
    package static func failure(
        status: HTTPResponseStatus, headers: HTTPHeaders, body: Data, key: APIKey?
    ) -> GenerationFailure {
        let said = (try? JSONDecoder().decode(Envelope.self, from: body))?.error.message
        let text = "\(status.code) \(said.map { excerpt(of: $0, without: key) } ?? excerpt(of: body, without: key))"
        switch status.code {
        case 401, 403:
            return GenerationFailure(
                .unauthorized,
                key == nil
                    ? "the server asks for a key (\(status.code)); set the environment variable that holds it"
                    : "the server does not take the key (\(status.code)); check the environment variable that holds it")
        case 404: return GenerationFailure(.notFound, "\(text); check the endpoint and the model's name")
        case 408: return GenerationFailure(.timeOut, text)
        case 429: return GenerationFailure(.rateLimit, text, retryAfter: retryAfter(headers))
        case 500...: return GenerationFailure(.serverError, text, retryAfter: retryAfter(headers))
        default: return GenerationFailure(.rejected, text)
        }
    }

    /// A request that got no answer.
    static func failure(_ error: any Error, timeOut: Double, address: Endpoint) -> GenerationFailure {
        switch error {
        case let error as HTTPClientError where timeOuts.contains(error):
            GenerationFailure(.timeOut, "no answer within \(timeOut.formatted()) s")
        case let error as HTTPClientError where connectTimeOuts.contains(error):
            GenerationFailure(.unreachable, "\(address) cannot be connected to in time")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            GenerationFailure(.unreachable, "\(address) closed the connection without an answer")
        case let error as NIOConnectionError:
            GenerationFailure(.unreachable, "\(address): \(reason(of: error))")
        case let error as IOError:
            GenerationFailure(.unreachable, "\(address): \(systemMessage(error.errnoCode))")
        case is HTTPParserError:
            GenerationFailure(.unreachable, "\(address): the answer is not HTTP; check the address and its port")
        case _ where String(reflecting: type(of: error)).hasPrefix("NIOSSL."):
            GenerationFailure(
                .unreachable, "\(address): no secure connection; check http or https, and the server's certificate")
        default:
            GenerationFailure(.unreachable, "\(address): the connection failed")
        }
    }

    private static let timeOuts: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .writeTimeout]
    private static let connectTimeOuts: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
    ]

    private static func reason(of error: NIOConnectionError) -> String {
        if let io = error.connectionErrors.first?.error as? IOError {
            return systemMessage(io.errnoCode)
        }
        return error.dnsAError == nil && error.dnsAAAAError == nil ? "it cannot be connected to" : "no such host"
    }

    /// Seconds to wait, as the header says in seconds or as a date (RFC 9110, section 10.2.3).
    static func retryAfter(_ headers: HTTPHeaders, now: Date = Date()) -> Double? {
        guard let value = headers.first(name: "retry-after")?.trimmed else { return nil }
        if let seconds = Double(value) { return seconds >= 0 ? min(seconds, longestWish) : nil }
        // A date is ASCII; Foundation's parser traps on some texts that are not.
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: value).map { min(max(0, $0.timeIntervalSince(now)), longestWish) }
    }

    /// The most seconds that a server is said to ask for: 30 years.
    private static let longestWish = 1e9

    /// The first words of what a server sent, on one line. The key is taken out of the whole, before it is cut.
    static func excerpt(of body: Data, without key: APIKey?) -> String {
        excerpt(of: String(decoding: body, as: UTF8.self), without: key)
    }

    static func excerpt(of text: String, without key: APIKey?) -> String {
        let start = String((key?.redacted(text) ?? text).unicodeScalars.prefix(1000))
        let line = start.printable.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? "nothing" : line.count > 200 ? line.prefix(200) + "…" : line
    }

    private struct Envelope: Decodable { let error: ServerMessage }
}

/// A server's error: an object with a message, or the message alone.
struct ServerMessage: Decodable {
    let message: String

    private enum CodingKeys: CodingKey { case message }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            message = text
        } else {
            message = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .message)
        }
    }
}
