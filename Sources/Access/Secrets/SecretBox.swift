import Crypto

/// Encrypts the secrets that the database has to keep: signing keys, secrets of second factors.
///
///     sealed = nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes), AES-256-GCM
///
/// What a secret is for is authenticated with it, so that one sealed for one place opens in no other. Each purpose has
/// a key of its own, derived from the master key by HKDF-SHA256 (RFC 5869).
package struct SecretBox: Sendable {
    /// Bytes of the master key.
    package static let keyByteCount = 32

    private let master: SymmetricKey

    /// - Parameter key: 32 random bytes.
    package init(key: [UInt8]) {
        precondition(key.count == Self.keyByteCount, "a master key has 32 bytes")
        master = SymmetricKey(data: key)
    }

    /// A box that nobody opens again; for tests and for what ends with the process.
    package static func temporary() -> SecretBox { SecretBox(key: RandomToken.bytes(keyByteCount)) }

    /// - Parameter purpose: such as `totp Person/1`; needed again to open.
    package func seal(_ secret: [UInt8], for purpose: String) throws -> [UInt8] {
        let purposeBytes = Array(purpose.utf8)
        let box = try AES.GCM.seal(secret, using: key("seal"), authenticating: purposeBytes)
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// Throws where the bytes were not sealed with this key for this purpose.
    package func open(_ sealed: [UInt8], for purpose: String) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(combined: sealed)
        return Array(try AES.GCM.open(box, using: key("seal"), authenticating: Array(purpose.utf8)))
    }

    /// A code that only this server can have made of a text, in hexadecimal: for tokens in forms and links.
    package func code(of text: String, for purpose: String) -> String {
        RandomToken.hexadecimal(
            HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key("code " + purpose)))
    }

    private func key(_ use: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: master, info: Array("martlet \(use)".utf8), outputByteCount: Self.keyByteCount)
    }
}
