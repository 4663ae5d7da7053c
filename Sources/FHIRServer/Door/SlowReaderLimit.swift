import NIOCore
import NIOHTTPTypes

/// Ends connections, and streams of HTTP/2, whose client does not take the answer it asked for.
///
/// What waits to be sent is held in memory; who takes less than the space that makes a channel writable again in the
/// time given here holds it on purpose.
final class SlowReaderLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let limit: TimeAmount
    private var deadline: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            deadline?.cancel()
            deadline = nil
        } else if deadline == nil {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }
}

// Made and used on one event loop only.
@available(*, unavailable)
extension SlowReaderLimit: Sendable {}
