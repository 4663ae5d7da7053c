internal import NIOCore
internal import NIOSSL

/// How a listener speaks TLS: who it is and whom it lets in. TLS 1.2 or later.
package struct MLLPServerTLS: Sendable {
    private let context: NIOSSLContext

    /// Why TLS cannot be offered; quotes no content of the files.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - certificateFile: PEM file with the server's certificate and those between it and its authority.
    ///   - keyFile: PEM file with its key.
    ///   - clientAuthorityFile: PEM file with the authorities of client certificates; then every client has to show
    ///     one (mutual TLS). Nil asks for none.
    /// - Throws: `Failure` where a file cannot be used.
    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) throws {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            if let clientAuthorityFile {
                configuration.trustRoots = .file(clientAuthorityFile)
                // The name in a client's certificate says who it is, not where it calls from.
                configuration.certificateVerification = .noHostnameVerification
            }
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(description: "the certificate, key or authority file for TLS cannot be used")
        }
    }

    /// Puts TLS under the handlers of an accepted connection, in front of all that are added later.
    func install(in channel: any Channel, _ identity: PeerIdentity) throws {
        try channel.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: context), TLSWatch(identity)])
    }
}
