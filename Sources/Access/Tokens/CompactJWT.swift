import FHIRStore
package import JSONTape
package import JWTKit

/// A JSON Web Token in its compact form (RFC 7515 §7.1), taken apart; nothing it says is believed before
/// `isSigned(with:)` was asked.
///
///     base64url(header) . base64url(claims) . base64url(signature)
package struct CompactJWT: Sendable {
    private static let greatestByteCount = 16 << 10

    package let header: JSONNode
    package let claims: JSONNode
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Nil for what is no such token, and for one with headers that must be understood and are not (`crit`).
    package init?(_ text: String) {
        guard text.utf8.count <= Self.greatestByteCount else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(String(parts[2])), header["crit"] == nil
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    /// `alg` of the header.
    package var algorithm: String? { header["alg"]?.string }
    /// `kid` of the header.
    package var keyID: String? { header["kid"]?.string }

    /// Whether the algorithm is that of the key and the signature is right.
    package func isSigned(with key: any JWTAlgorithm) -> Bool {
        guard algorithm == key.name else { return false }
        return (try? key.verify(signature, signs: signed)) ?? false
    }

    /// A time among the claims, in seconds since 1970; fractions are cut off.
    package func seconds(_ name: StaticString) -> Int? {
        guard let text = claims[name]?.numberText, let value = Double(text), abs(value) < 1e15 else { return nil }
        return Int(value.rounded(.down))
    }

    /// A text or an array of texts, as `aud` may be (RFC 7519 §4.1.3).
    package func texts(_ name: StaticString) -> [String] {
        claims[name]?.items.compactMap(\.string) ?? []
    }

    /// Signs claims.
    ///
    /// - Parameter type: `typ` of the header: `at+jwt` for access tokens (RFC 9068 §2.1), else `JWT`.
    package static func sign(_ claims: [UInt8], with key: SigningKey, type: String) throws -> String {
        var header = JSONWriter()
        header.beginObject()
        header.member("alg", key.algorithm.rawValue)
        header.member("typ", type)
        header.member("kid", key.id)
        header.endObject()
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims)
        return signed + "." + Base64URL.encode(try key.signer.sign(Array(signed.utf8)))
    }

    private static func object(_ part: Substring) -> JSONNode? {
        guard let bytes = Base64URL.decode(String(part)), let document = try? Document.parse(bytes) else { return nil }
        let node = JSONNode(document)
        return node.isObject ? node : nil
    }
}
