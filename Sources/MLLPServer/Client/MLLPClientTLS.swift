internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// How a client speaks TLS: whom it trusts and who it is. TLS 1.2 or later; the server's certificate is always checked.
package struct MLLPClientTLS: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?

    /// - Parameters:
    ///   - authorityFile: PEM file with the authorities to trust; by default those of the system.
    ///   - certificateFile: PEM file with the client's own certificate and those between it and its authority, where
    ///     the server wants one (mutual TLS); needs `keyFile`.
    ///   - serverName: the name that the server's certificate must have (or else its address); by default the
    ///     host connected to.
    /// - Throws: `MLLPClientError` with `tlsSetupFailed` where a file cannot be used.
    package init(
        authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorityFile { configuration.trustRoots = .file(authorityFile) }
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw MLLPClientError(.tlsSetupFailed, message: "a certificate needs a key, and a key a certificate")
        }
        do {
            if let certificateFile, let keyFile {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile)
                    .map { .certificate($0) }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            }
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw MLLPClientError(.tlsSetupFailed, message: "a certificate or key file cannot be used")
        }
        self.serverName = serverName
    }

    /// Puts TLS under the handlers of `channel`, which is about to connect to `host`.
    /// - Parameter handshake: completed when the two sides have agreed, failed when they have not.
    func install(in channel: any Channel, host: String, handshake: EventLoopPromise<Void>) throws {
        let name = serverName ?? host
        // An address is no name to ask for, but the certificate is checked against it all the same.
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
        try channel.pipeline.syncOperations.addHandlers([handler, HandshakeWatch(handshake)])
    }

    /// The reason why a connection failed; `nil` when it has nothing to do with TLS.
    static func failure(_ error: any Error) -> MLLPClientError? {
        let isOfTLS = error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
        return isOfTLS ? MLLPClientError(.tlsFailed, message: "the two sides did not agree on TLS") : nil
    }
}

/// Tells when the two sides have agreed, or that they have not: until then nothing is worth sending.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handshake: EventLoopPromise<Void>

    init(_ handshake: EventLoopPromise<Void>) { self.handshake = handshake }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { handshake.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.fail(MLLPClientTLS.failure(error) ?? error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(MLLPClientError(.tlsFailed, message: "the other side ended the connection"))
        context.fireChannelInactive()
    }
}
