internal import Crypto
internal import FoundationEssentials
package import NIOSSL
internal import Synchronization

/// How a door speaks TLS: who it is and whom it lets in. Its files may be replaced while it is open.
///
/// TLS 1.2 or later, and under 1.2 only suites with forward secrecy and authenticated encryption (RFC 9325 §3.1, §4.2).
package final class ServerTLS: Sendable {
    /// Where its parts lie, as PEM.
    package struct Files: Sendable, Hashable {
        /// The certificate of the server, then those between it and its authority.
        package var certificate: String
        package var key: String
        /// The authorities of client certificates, of which every client has to show one (mutual TLS); nil asks for
        /// none.
        package var clientAuthority: String?

        package init(certificate: String, key: String, clientAuthority: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientAuthority = clientAuthority
        }
    }

    /// Why TLS cannot be offered; quotes no content of the files.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// What came of a look at the files.
    package enum Renewal: Sendable, Hashable {
        case unchanged
        /// New connections are served by what the files hold now.
        case renewed
        /// The files cannot be used; what was there before stays in force.
        case refused(Failure)
    }

    private struct State {
        var context: NIOSSLContext
        var expiry: Int64
        /// Of the files as they were last looked at, whether they could be used or not.
        var digest: [UInt8]
    }

    /// What a door for HTTP offers.
    package static let httpProtocols = ["h2", "http/1.1"]

    package let files: Files
    private let protocols: [String]
    private let state: Mutex<State>

    /// - Parameter protocols: names for ALPN (RFC 7301), the best first; empty for none.
    /// - Throws: `Failure` where a file cannot be used.
    package init(_ files: Files, protocols: [String] = []) throws {
        self.files = files
        self.protocols = protocols
        let digest = Self.digest(files)
        let (context, expiry) = try Self.load(files, protocols)
        state = Mutex(State(context: context, expiry: expiry, digest: digest))
    }

    /// For connections that come now.
    package var context: NIOSSLContext { state.withLock { $0.context } }

    /// When the certificate ends, in seconds since 1970.
    package var expiry: Int64 { state.withLock { $0.expiry } }

    /// Takes up what the files hold now, if that has changed since they were last looked at.
    package func renew() -> Renewal {
        let digest = Self.digest(files)
        guard state.withLock({ $0.digest != digest }) else { return .unchanged }
        do throws(Failure) {
            let (context, expiry) = try Self.load(files, protocols)
            state.withLock { $0 = State(context: context, expiry: expiry, digest: digest) }
            return .renewed
        } catch {
            state.withLock { $0.digest = digest }
            return .refused(error)
        }
    }

    /// Of the content, because what links and clocks of file systems tell is not to be relied upon.
    private static func digest(_ files: Files) -> [UInt8] {
        var hash = SHA256()
        for path in [files.certificate, files.key, files.clientAuthority ?? ""] where !path.isEmpty {
            let content = FileManager.default.contents(atPath: path) ?? Data()
            hash.update(data: SHA256.hash(data: content).map { $0 })
        }
        return Array(hash.finalize())
    }

    private static func load(_ files: Files, _ protocols: [String]) throws(Failure) -> (NIOSSLContext, Int64) {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificate), let leaf = chain.first else {
            throw Failure(description: "the certificate file for TLS cannot be used")
        }
        guard let key = try? NIOSSLPrivateKey(file: files.key, format: .pem) else {
            throw Failure(description: "the key file for TLS cannot be used")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = suites
        configuration.applicationProtocols = protocols
        if let authority = files.clientAuthority {
            guard let roots = try? NIOSSLCertificate.fromPEMFile(authority), !roots.isEmpty else {
                throw Failure(description: "the authority file for TLS cannot be used")
            }
            configuration.trustRoots = .certificates(roots)
            // The name in a client's certificate says who it is, not where it calls from.
            configuration.certificateVerification = .noHostnameVerification
        }
        guard let context = try? NIOSSLContext(configuration: configuration) else {
            throw Failure(description: "the key for TLS does not belong to the certificate")
        }
        return (context, Int64(leaf.notValidAfter))
    }

    /// Of TLS 1.2; those of 1.3 are all good.
    private static let suites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]
}
