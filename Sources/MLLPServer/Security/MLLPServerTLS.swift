internal import NIOCore
internal import NIOSSL
package import TransportSecurity

/// How a listener speaks TLS: who it is and whom it lets in. TLS 1.2 or later.
package struct MLLPServerTLS: Sendable {
    /// Whose files may be replaced while listeners are open.
    package let server: ServerTLS

    package typealias Failure = ServerTLS.Failure

    /// - Parameters:
    ///   - certificateFile: PEM file with the server's certificate and those between it and its authority.
    ///   - keyFile: PEM file with its key.
    ///   - clientAuthorityFile: PEM file with the authorities of client certificates; then every client has to show
    ///     one (mutual TLS). Nil asks for none.
    /// - Throws: `Failure` where a file cannot be used.
    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) throws {
        server = try ServerTLS(
            ServerTLS.Files(certificate: certificateFile, key: keyFile, clientAuthority: clientAuthorityFile))
    }

    /// Puts TLS under the handlers of an accepted connection, in front of all that are added later.
    func install(in channel: any Channel, _ identity: PeerIdentity) throws {
        try channel.pipeline.syncOperations.addHandlers([
            NIOSSLServerHandler(context: server.context), TLSWatch(identity),
        ])
    }
}
