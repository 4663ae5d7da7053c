internal import HL7Syntax
internal import NIOCore

/// Bytes to frames and replies to bytes, and the clock of one connection.
///
/// It counts the frames handed on and the replies that came back: a connection that waits for us is never idle.
final class MLLPFrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = MLLPFrameDecoder.Event
    typealias OutboundIn = AcknowledgementReply
    typealias OutboundOut = ByteBuffer

    /// Sent down the pipeline when the server stops: no more is read, what is in flight is still answered.
    struct Drain: Sendable {}

    private let configuration: MLLPServerConfiguration
    private var decoder: MLLPFrameDecoder
    private var unansweredCount = 0
    private var lastActivity = NIODeadline.now()
    private var idleTask: Scheduled<Void>?
    private var silenceTask: Scheduled<Void>?

    init(_ configuration: MLLPServerConfiguration) {
        self.configuration = configuration
        decoder = MLLPFrameDecoder(frameByteLimit: configuration.frameByteLimit)
    }

    // MARK: Life of the connection

    func channelActive(context: ChannelHandlerContext) {
        lastActivity = .now()
        scheduleIdleCheck(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        idleTask?.cancel()
        silenceTask?.cancel()
        finish(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        idleTask?.cancel()
        silenceTask?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { finish(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Drain else { return context.triggerUserOutboundEvent(event, promise: promise) }
        context.close(mode: .input, promise: promise)
    }

    // MARK: Bytes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActivity = .now()
        silenceTask?.cancel()
        silenceTask = nil
        // Gathered first: what a later handler does with an event may come back here while the decoder is in use.
        var events: [MLLPFrameDecoder.Event] = []
        let buffer = Self.unwrapInboundIn(data)
        buffer.withUnsafeReadableBytes { bytes in decoder.receive(bytes) { events.append($0) } }
        fire(events, context)
        if decoder.isAwaitingTrailer { scheduleSilenceCheck(context) }
    }

    private func finish(_ context: ChannelHandlerContext) {
        var events: [MLLPFrameDecoder.Event] = []
        decoder.finish { events.append($0) }
        fire(events, context)
    }

    private func fire(_ events: [MLLPFrameDecoder.Event], _ context: ChannelHandlerContext) {
        for event in events {
            switch event {
            case .frame, .oversized: unansweredCount += 1
            case .truncated, .junk: break
            }
            context.fireChannelRead(Self.wrapInboundOut(event))
        }
    }

    // MARK: Replies out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        unansweredCount -= 1
        lastActivity = .now()
        let messages: [[UInt8]]
        switch Self.unwrapOutboundIn(data) {
        case .send(let message): messages = [message]
        case .sendSeveral(let several): messages = several
        case .nothing, .unreadable, .close: messages = []
        }
        guard !messages.isEmpty else {
            promise?.succeed()
            return
        }
        var buffer = context.channel.allocator.buffer(capacity: messages.reduce(0) { $0 + $1.count + 3 })
        for message in messages {
            buffer.writeInteger(MLLPFrame.start)
            buffer.writeBytes(message)
            buffer.writeInteger(MLLPFrame.end)
            buffer.writeInteger(MLLPFrame.trailer)
        }
        context.write(Self.wrapOutboundOut(buffer), promise: promise)
    }

    // MARK: Clock

    private func scheduleSilenceCheck(_ context: ChannelHandlerContext) {
        let delay = TimeAmount.milliseconds(Int64(configuration.trailerSilenceMilliseconds))
        silenceTask = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
            var events: [MLLPFrameDecoder.Event] = []
            decoder.noteSilence { events.append($0) }
            fire(events, context)
            context.fireChannelReadComplete()
        }
    }

    private func scheduleIdleCheck(_ context: ChannelHandlerContext) {
        let limit = TimeAmount.nanoseconds(Int64(configuration.idleTimeoutSeconds * 1_000_000_000))
        let deadline = lastActivity + limit
        idleTask = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            guard lastActivity + limit <= .now() else { return scheduleIdleCheck(context) }
            // A peer that does not read its replies is as dead as one that sends nothing.
            guard unansweredCount <= 0 || !context.channel.isWritable else {
                lastActivity = .now()
                return scheduleIdleCheck(context)
            }
            context.close(promise: nil)
        }
    }
}
