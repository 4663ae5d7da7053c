import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

@testable import HL7Syntax
@testable import MLLPServer

/// Runs a listener on a free port for the length of `body`, then shuts it down gracefully and waits for its end.
func withServer<Result: Sendable>(
    _ receiver: some MessageReceiver, configure: (inout MLLPServerConfiguration) -> Void = { _ in },
    _ body: @Sendable @escaping (_ port: Int, _ server: MLLPServer, _ group: ServiceGroup) async throws -> Result
) async throws -> Result {
    var configuration = MLLPServerConfiguration()
    configuration.port = 0
    configure(&configuration)
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = MLLPServer(
        configuration: configuration, receiver: receiver, clock: AcknowledgementClock(seconds: { 1_714_566_896 }),
        logger: logger, onListening: { continuation.yield($0) })
    let group = ServiceGroup(services: [server], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = await iterator.next() ?? 0
        let result = try await body(port, server, group)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
    }
}

/// Accepts everything; records what it got and can be told to answer otherwise.
final class RecordingReceiver: MessageReceiver {
    struct State {
        var frames: [[UInt8]] = []
        var faults: [FrameFault] = []
        var openCount = 0
        var mostOpen = 0
        var certificates: Set<ClientCertificate?> = []
    }

    let state = Mutex(State())
    private let reply: @Sendable ([UInt8]) async -> AcknowledgementReply?

    /// `reply` may answer itself; with `nil` the message is acknowledged with AA.
    init(_ reply: @escaping @Sendable ([UInt8]) async -> AcknowledgementReply? = { _ in nil }) {
        self.reply = reply
    }

    func receive(_ frame: [UInt8], from source: MessageSource) async -> AcknowledgementReply {
        state.withLock {
            $0.frames.append(frame)
            $0.certificates.insert(source.certificate)
            $0.openCount += 1
            $0.mostOpen = max($0.mostOpen, $0.openCount)
        }
        defer { state.withLock { $0.openCount -= 1 } }
        if let reply = await reply(frame) { return reply }
        guard let header = MessageHeader(reading: frame) else { return .unreadable }
        return .send(Acknowledgement(to: header, .accepted).encode(controlID: "A" + header.controlID, time: "2024"))
    }

    func note(_ fault: FrameFault, from source: MessageSource) async {
        state.withLock { $0.faults.append(fault) }
    }
}

/// A connection that sends any bytes and reads frames.
struct RawConnection {
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    var frames: AsyncStream<[UInt8]>.Iterator

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// The next frame; `nil` when the server has closed.
    mutating func nextFrame() async -> [UInt8]? { await frames.next(isolation: #isolation) }

    /// MSA-1 and MSA-2 of the next answer, such as `AA 7`.
    mutating func nextAnswer() async throws -> String? {
        guard let frame = await nextFrame() else { return nil }
        let message = try RawMessage(parsing: frame)
        return message["MSA", field: 1].string + " " + message["MSA", field: 2].string
    }
}

/// Runs `body` with a connection, which is closed at the end. The greeting is sent by the event loop as soon as there
/// is a connection: what has to come before a time limit of the server must not wait for a busy pool of threads.
func withConnection<Result: Sendable>(
    to port: Int, greeting: [UInt8] = [], _ body: (inout RawConnection) async throws -> Result
) async throws -> Result {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(240))
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                if !greeting.isEmpty {
                    try channel.pipeline.syncOperations.addHandler(GreetingHandler(ByteBuffer(bytes: greeting)))
                }
                return try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        isOutboundHalfClosureEnabled: true, inboundType: ByteBuffer.self,
                        outboundType: ByteBuffer.self))
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        let (frames, continuation) = AsyncStream<[UInt8]>.makeStream()
        // Ends with the connection, which `executeThenClose` closes.
        Task {
            var decoder = MLLPFrameDecoder()
            do {
                for try await chunk in inbound {
                    for event in decoder.receive(Array(chunk.readableBytesView)) {
                        if case .frame(let bytes, _) = event { continuation.yield(bytes) }
                    }
                }
            } catch {}
            continuation.finish()
        }
        var connection = RawConnection(outbound: outbound, frames: frames.makeAsyncIterator())
        return try await body(&connection)
    }
}

/// Sends some bytes as soon as there is a connection.
private final class GreetingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: ByteBuffer

    init(_ greeting: ByteBuffer) { self.greeting = greeting }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(greeting), promise: nil)
        context.fireChannelActive()
    }
}

/// A small message with the given control id.
func message(_ id: Int, padding: Int = 0) -> [UInt8] {
    Array("MSH|^~\\&|LAB|N|EHR|C|2024||ORU^R01|\(id)|P|2.5.1\rPID|1||7\rNTE|1||".utf8)
        + [UInt8](repeating: 65, count: padding)
}

/// Lets work wait until a test says go on.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

/// Waits until a condition holds; the test's own time limit is the only clock.
func eventually(_ condition: @Sendable () async -> Bool) async {
    while !(await condition()) { try? await Task.sleep(for: .milliseconds(2)) }
}
