import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL
import TransportSecurity

/// A connection under TLS, whose two sides agree on HTTP/2 or HTTP/1.1 (ALPN, RFC 7301).
///
/// Hummingbird's own channel for this holds one certificate for ever; here each connection takes what is there now.
struct SecureChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        /// Known after the handshake.
        let version: EventLoopFuture<NIONegotiatedHTTPVersion<HTTP1Channel.Value, HTTP2Channel.Value>>
        let channel: any Channel
    }

    let tls: ServerTLS
    let http1: HTTP1Channel
    let http2: HTTP2Channel
    let handshakeTimeout: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            try channel.pipeline.syncOperations.addHandlers([
                NIOSSLServerHandler(context: tls.context), HandshakeDeadline(handshakeTimeout),
            ])
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.configureHTTP2AsyncSecureUpgrade { channel in
            http1.setup(channel: channel, logger: logger)
        } http2ConnectionInitializer: { channel in
            http2.setup(channel: channel, logger: logger)
        }.map { Value(version: $0, channel: channel) }
    }

    func handle(value: Value, logger: Logger) async {
        // Fails where the handshake does, which is the client's matter.
        guard let version = try? await value.version.get() else { return }
        switch version {
        case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
        case .http2(let connection): await http2.handle(value: connection, logger: logger)
        }
    }
}
