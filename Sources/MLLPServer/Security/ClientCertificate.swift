internal import Crypto
internal import NIOSSL
internal import Synchronization

/// What a client's certificate says of it, once it has proved to have its key.
package struct ClientCertificate: Sendable, Hashable {
    /// SHA-256 of the certificate, 64 lower-case hexadecimal digits.
    package let fingerprint: String
    /// Its alternative names: host names, addresses of mail and URIs.
    package let names: [String]

    package init(fingerprint: String, names: [String]) {
        self.fingerprint = fingerprint
        self.names = names
    }

    init(_ certificate: NIOSSLCertificate) {
        let bytes = (try? certificate.toDERBytes()) ?? []
        fingerprint = SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        names = certificate._subjectAlternativeNames().compactMap { name in
            switch name.nameType {
            case .dnsName, .email, .uri:
                name.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            default: nil
            }
        }
    }

    /// Whether `text` means this certificate: one of its names, or its fingerprint in hexadecimal with or without
    /// colons and `sha256:` in front.
    package func isNamed(_ text: String) -> Bool {
        if names.contains(where: { $0.lowercased() == text.lowercased() }) { return true }
        var digits = text.lowercased()
        if digits.hasPrefix("sha256:") { digits.removeFirst("sha256:".count) }
        return digits.filter { $0 != ":" } == fingerprint
    }
}

/// Who the peer of a connection turned out to be: nothing until TLS says so.
final class PeerIdentity: Sendable {
    private let noted = Mutex<ClientCertificate?>(nil)

    var certificate: ClientCertificate? { noted.withLock { $0 } }

    func note(_ certificate: ClientCertificate) { noted.withLock { $0 = certificate } }
}
