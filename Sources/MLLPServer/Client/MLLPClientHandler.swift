internal import HL7Syntax
internal import NIOCore

/// Writes messages and gives each its answer, matched by MSA-2, never by order alone (F-23).
final class MLLPClientHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Request
    typealias OutboundOut = ByteBuffer

    /// A message on its way out.
    struct Request: Sendable {
        let message: [UInt8]
        /// MSH-10; `nil` when the message has none, then the next answer that fits nobody else is taken.
        let controlID: String?
        let timeout: TimeAmount
        let answer: EventLoopPromise<[UInt8]>
    }

    private struct Waiting {
        let controlID: String?
        let answer: EventLoopPromise<[UInt8]>
        let timeout: Scheduled<Void>
        let number: Int
    }

    private var decoder = MLLPFrameDecoder()
    private var waiting: [Waiting] = []
    private var sentCount = 0
    /// Answers that matched nothing, such as those that came too late.
    private(set) var unmatchedCount = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = Self.unwrapOutboundIn(data)
        sentCount += 1
        let number = sentCount
        let timeout = context.eventLoop.assumeIsolated().scheduleTask(in: request.timeout) { [self] in
            guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
            waiting.remove(at: index).answer.fail(MLLPClientError(.timedOut, message: "no answer in time"))
            // Without a control id the late answer could be taken for that of the next message.
            if request.controlID == nil { context.close(promise: nil) }
        }
        waiting.append(
            Waiting(controlID: request.controlID, answer: request.answer, timeout: timeout, number: number))
        var buffer = context.channel.allocator.buffer(capacity: request.message.count + 3)
        buffer.writeInteger(MLLPFrame.start)
        buffer.writeBytes(request.message)
        buffer.writeInteger(MLLPFrame.end)
        buffer.writeInteger(MLLPFrame.trailer)
        context.write(Self.wrapOutboundOut(buffer), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var frames: [[UInt8]] = []
        Self.unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            decoder.receive(bytes) { event in
                if case .frame(let bytes, _) = event { frames.append(bytes) }
            }
        }
        for frame in frames { take(frame) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        failAll(MLLPClientError(.connectionClosed, message: "the connection ended before the answer"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let failure = MLLPClientTLS.failure(error) { failAll(failure) }
        context.close(promise: nil)
    }

    private func take(_ frame: [UInt8]) {
        let acknowledged = Self.acknowledgedID(frame)
        let index = waiting.firstIndex { $0.controlID == nil || $0.controlID == acknowledged }
        guard let index else {
            unmatchedCount += 1
            return
        }
        let entry = waiting.remove(at: index)
        entry.timeout.cancel()
        entry.answer.succeed(frame)
    }

    private func failAll(_ error: MLLPClientError) {
        let entries = waiting
        waiting = []
        for entry in entries {
            entry.timeout.cancel()
            entry.answer.fail(error)
        }
    }

    /// MSA-2 of an answer.
    private static func acknowledgedID(_ frame: [UInt8]) -> String? {
        (try? RawMessage(parsing: frame))?["MSA", field: 2].value
    }
}
