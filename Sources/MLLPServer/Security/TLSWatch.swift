internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Notes who the peer is once the two sides have agreed on TLS, and ends connections that do not get so far in time.
final class TLSWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A peer that is slower than this is no sender of results.
    private static let handshakeTimeout: TimeAmount = .seconds(10)

    private let identity: PeerIdentity
    private var timeout: Scheduled<Void>?

    init(_ identity: PeerIdentity) { self.identity = identity }

    func channelActive(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: Self.handshakeTimeout) {
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            timeout?.cancel()
            let shown = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
            if let shown { identity.note(ClientCertificate(shown)) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whoever cannot speak TLS gets no answer in plain text.
        context.close(promise: nil)
    }
}
