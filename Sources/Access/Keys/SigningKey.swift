import Crypto
import CryptoExtras
import FHIRStore
import FoundationEssentials
import JSONTape
package import JWTKit

/// A key pair that the server signs with. Its id is the thumbprint of the public key (RFC 7638).
package struct SigningKey: Sendable {
    /// What tokens are signed with: ES384 those for our own use, RS256 what OpenID Connect wants everybody to read
    /// (OIDC Core §15.1).
    package enum Algorithm: String, Sendable, CaseIterable {
        case es384 = "ES384"
        case rs256 = "RS256"
    }

    package let id: String
    package let algorithm: Algorithm
    /// Signs and verifies.
    package let signer: any JWTAlgorithm
    /// The public half as JSON Web Key (RFC 7517 §4), for `/auth/jwks`.
    package let publicKey: [UInt8]

    /// A new private key as PEM.
    static func generate(_ algorithm: Algorithm) throws -> [UInt8] {
        switch algorithm {
        case .es384: Array(ES384PrivateKey().pemRepresentation.utf8)
        case .rs256: Array(try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation.utf8)
        }
    }

    init(pem: [UInt8], algorithm: Algorithm) async throws {
        self.algorithm = algorithm
        // The members that the thumbprint is made of, in its order (RFC 7638 §3.2).
        let members: [(StaticString, String)]
        let keys = JWTKeyCollection()
        let name = JWKIdentifier(string: "key")
        switch algorithm {
        case .es384:
            let key = try ES384PrivateKey(pem: pem)
            guard let point = key.parameters else { throw JWTError.invalidJWK(reason: "no point") }
            members = [
                ("crv", "P-384"), ("kty", "EC"), ("x", Self.urlSafe(point.x)), ("y", Self.urlSafe(point.y)),
            ]
            await keys.add(ecdsa: key, kid: name)
        case .rs256:
            let key = try Insecure.RSA.PrivateKey(pem: pem)
            let numbers = try key.publicKey.getKeyPrimitives()
            members = [
                ("e", Base64URL.encode(Array(numbers.publicExponent))), ("kty", "RSA"),
                ("n", Base64URL.encode(Array(numbers.modulus))),
            ]
            await keys.add(rsa: key, digestAlgorithm: .sha256, kid: name)
        }
        signer = try await keys.getKey(for: name, alg: algorithm.rawValue)
        var thumb = JSONWriter()
        thumb.beginObject()
        for (name, value) in members { thumb.member(name, value) }
        thumb.endObject()
        id = Base64URL.encode(Array(SHA256.hash(data: thumb.bytes)))
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members { writer.member(name, value) }
        writer.member("kid", id)
        writer.member("use", "sig")
        writer.member("alg", algorithm.rawValue)
        writer.endObject()
        publicKey = writer.bytes
    }

    /// Base 64 as jwt-kit writes coordinates, for URLs.
    private static func urlSafe(_ text: String) -> String {
        String(text.compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
