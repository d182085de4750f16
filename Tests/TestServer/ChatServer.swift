import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

/// A server on loopback that speaks as much of the OpenAI protocol as a test wants, rightly or wrongly.
public final class ChatServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// How many came before it.
        public let number: Int
        public let path: String
        public let headers: [String: String]
        public let body: Data

        /// The uploaded picture's file.
        public var picture: Data {
            let text = String(decoding: body, as: UTF8.self)
            guard let start = text.firstRange(of: "base64,"),
                let end = text[start.upperBound...].firstIndex(of: "\"")
            else { return Data() }
            return Data(base64Encoded: String(text[start.upperBound..<end])) ?? Data()
        }

        /// A name for the uploaded picture.
        public var pictureName: String {
            var hash = FNV1a()
            hash.update(picture)
            return "picture-" + String(hash.value, radix: 16)
        }
    }

    /// What the server does about a request.
    public enum Reply: Sendable {
        /// Answers with a status, headers and a body, after some milliseconds.
        case status(Int, headers: [String: String] = [:], body: String, delay: Int64 = 0)
        /// Closes the connection.
        case close
        /// Never answers.
        case silence
        /// Promises more bytes than it sends, then closes.
        case half

        /// A completion that says `text`.
        public static func says(_ text: String, finish: String = "stop", delay: Int64 = 0) -> Reply {
            let quoted = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
            return .status(
                200,
                body: """
                    {"model": "served", "choices": [{"index": 0, "finish_reason": "\(finish)", \
                    "message": {"role": "assistant", "content": \(quoted)}}], \
                    "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
                    """, delay: delay)
        }
    }

    private let received = Mutex<[Request]>([])
    private let channel: any Channel

    /// Starts a server.
    /// - Parameter reply: says what to do about each request; called on the server's threads.
    public init(port: Int = 0, _ reply: @escaping @Sendable (Request) -> Reply) async throws {
        let box = HandlerBox()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(ChatHandler { box.answer($0, $1, $2) })
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        box.server.withLock { $0 = WeakServer(server: self, reply: reply) }
    }

    deinit { channel.close(promise: nil) }

    /// Closes the port.
    public func stop() async throws { try await channel.close() }

    public var port: Int { channel.localAddress?.port ?? 0 }
    public var endpoint: String { "http://127.0.0.1:\(port)/v1" }
    /// All requests so far.
    public var requests: [Request] { received.withLock { $0 } }

    fileprivate func note(_ path: String, _ headers: HTTPHeaders, _ body: Data) -> Request {
        received.withLock { received in
            let fields = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
            let request = Request(number: received.count, path: path, headers: fields, body: body)
            received.append(request)
            return request
        }
    }
}

private struct WeakServer: Sendable {
    weak let server: ChatServer?
    let reply: @Sendable (ChatServer.Request) -> ChatServer.Reply
}

/// What the handlers of connections reach their server through.
private final class HandlerBox: Sendable {
    let server = Mutex<WeakServer?>(nil)

    func answer(_ path: String, _ headers: HTTPHeaders, _ body: Data) -> ChatServer.Reply {
        let held = server.withLock { $0 }
        guard let held, let server = held.server else { return .close }
        return held.reply(server.note(path, headers, body))
    }
}

private final class ChatHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: (String, HTTPHeaders, Data) -> ChatServer.Reply
    private var head: HTTPRequestHead?
    private var body = Data()

    init(_ answer: @escaping (String, HTTPHeaders, Data) -> ChatServer.Reply) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = Data()
        case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            perform(answer(head.uri, head.headers, body), context)
        }
    }

    private func perform(_ reply: ChatServer.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .close: context.close(promise: nil)
        case .silence: break
        case .half:
            let headers = HTTPHeaders([("content-length", "1000"), ("content-type", "application/json")])
            write(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers), "{\"choices\": [", context)
            context.close(promise: nil)
        case .status(let code, let fields, let text, let delay):
            var headers = HTTPHeaders(fields.map { ($0.key, $0.value) })
            headers.replaceOrAdd(name: "content-length", value: "\(text.utf8.count)")
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: code), headers: headers)
            let bound = NIOLoopBound((context, self), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(delay)) {
                let (context, handler) = bound.value
                handler.write(head, text, context)
                context.writeAndFlush(handler.wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }

    private func write(_ head: HTTPResponseHead, _ text: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }
}
