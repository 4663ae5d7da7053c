import Crypto
import CryptoExtras
import FHIRStore
import FoundationEssentials
import JSONTape
import JWTKit

/// A key pair of a client, with which it signs what it likes.
struct TestKey: Sendable {
    let id: String
    let algorithm: String
    private let signer: any JWTAlgorithm
    /// The public half as JSON Web Key.
    let jwk: String

    /// `{"keys": […]}`.
    static func set(_ keys: TestKey...) -> String { "{\"keys\":[\(keys.map(\.jwk).joined(separator: ","))]}" }

    static func es384(_ id: String) async throws -> TestKey {
        let key = ES384PrivateKey()
        guard let point = key.parameters else { throw CancellationError() }
        func safe(_ text: String) -> String {
            text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        let keys = await JWTKeyCollection().add(ecdsa: key, kid: "k")
        return TestKey(
            id: id, algorithm: "ES384", signer: try await keys.getKey(for: "k", alg: "ES384"),
            jwk: #"{"kty":"EC","crv":"P-384","kid":"\#(id)","x":"\#(safe(point.x))","y":"\#(safe(point.y))"}"#)
    }

    static func rs384(_ id: String) async throws -> TestKey {
        let key = try Insecure.RSA.PrivateKey(backing: _RSA.Signing.PrivateKey(keySize: .bits2048))
        let numbers = try key.publicKey.getKeyPrimitives()
        let keys = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha384, kid: "k")
        let (n, e) = (Base64URL.encode(Array(numbers.modulus)), Base64URL.encode(Array(numbers.publicExponent)))
        return TestKey(
            id: id, algorithm: "RS384", signer: try await keys.getKey(for: "k", alg: "RS384"),
            jwk: #"{"kty":"RSA","kid":"\#(id)","alg":"RS384","n":"\#(n)","e":"\#(e)"}"#)
    }

    /// A JWT in compact form; `header` replaces the usual one.
    func token(_ claims: String, header: String? = nil) throws -> String {
        let header = header ?? #"{"alg":"\#(algorithm)","typ":"JWT","kid":"\#(id)"}"#
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return signed + "." + Base64URL.encode(try signer.sign(Array(signed.utf8)))
    }
}

/// What a client says of itself, for changes by tests.
struct AssertionClaims {
    var issuer: String?
    var subject: String?
    var audience: String?
    var expires: Int?
    var id: String?
    var others = ""

    var json: String {
        var parts: [String] = []
        if let issuer { parts.append(#""iss":"\#(issuer)""#) }
        if let subject { parts.append(#""sub":"\#(subject)""#) }
        if let audience { parts.append(#""aud":"\#(audience)""#) }
        if let expires { parts.append(#""exp":\#(expires)"#) }
        if let id { parts.append(#""jti":"\#(id)""#) }
        if !others.isEmpty { parts.append(others) }
        return "{\(parts.joined(separator: ","))}"
    }
}

extension JSONNode {
    /// The claims of a token, unverified.
    static func claims(_ token: String) throws -> JSONNode {
        let part = token.split(separator: ".")[1]
        return JSONNode(try Document.parse(Base64URL.decode(String(part)) ?? []))
    }
}
