package import NIOCore
internal import NIOTLS

/// Ends connections whose two sides have not agreed on TLS in time, and those that do not speak it.
///
/// Stands right behind the handler of TLS; has no more to do once that has its keys.
package final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer

    private let limit: TimeAmount
    private var deadline: Scheduled<Void>?
    private var isOver = false

    package init(_ limit: TimeAmount) { self.limit = limit }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { schedule(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        schedule(context)
        context.fireChannelActive()
    }

    private func schedule(_ context: ChannelHandlerContext) {
        guard deadline == nil else { return }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isOver = true
            deadline?.cancel()
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        // Whoever cannot speak TLS gets no answer in plain text.
        if !isOver { context.close(promise: nil) }
    }
}

// Made and used on one event loop only.
@available(*, unavailable)
extension HandshakeDeadline: Sendable {}
