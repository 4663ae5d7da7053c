import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// A web server for tests: keeps what is posted to it, and answers as it is told.
package final class HTTPSink: Sendable {
    package struct Request: Sendable, Hashable {
        package var method: String
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    package enum Answer: Sendable {
        case status(Int, headers: [String: String] = [:], body: String = "")
        /// Closes the connection instead.
        case drop
        /// Says nothing, ever.
        case silence
    }

    private struct State {
        var requests: [Request] = []
        var answers: [Answer] = []
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    private init() {}

    /// Runs `body` with a server on a free port of the loopback address.
    package static func with<Result>(
        tls: NIOSSLContext? = nil, _ body: (HTTPSink) async throws -> Result
    ) async throws -> Result {
        let sink = HTTPSink()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(HTTPSinkSession(sink))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        sink.channel.withLock { $0 = channel }
        do {
            let result = try await body(sink)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    package var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }

    /// What was posted so far, in order.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Answers in line for the next requests; those after get 200.
    package func answer(_ answers: Answer...) { state.withLock { $0.answers += answers } }

    func take(_ request: Request) -> Answer {
        state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? .status(200, body: "{}") : state.answers.removeFirst()
        }
    }
}

private final class HTTPSinkSession: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let sink: HTTPSink
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ sink: HTTPSink) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            var headers: [String: String] = [:]
            for (name, value) in head.headers { headers[name.lowercased()] = value }
            let request = HTTPSink.Request(method: head.method.rawValue, path: head.uri, headers: headers, body: body)
            answer(sink.take(request), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ answer: HTTPSink.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .drop: context.close(promise: nil)
        case .silence: break
        case .status(let status, let headers, let text):
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            fields.replaceOrAdd(name: "Content-Length", value: String(text.utf8.count))
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
