import Crypto
import FHIRStore

/// Proof Key for Code Exchange (RFC 7636), by S256 only.
package enum PKCE {
    /// Whether a text can be a challenge: 43 characters of base 64 for URLs.
    package static func isChallenge(_ text: String) -> Bool {
        text.utf8.count == 43 && Base64URL.decode(text)?.count == 32
    }

    /// RFC 7636 §4.6.
    package static func matches(_ verifier: String, _ challenge: String) -> Bool {
        guard 43...128 ~= verifier.utf8.count, verifier.utf8.allSatisfy(isUnreserved) else { return false }
        let hash = Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8))))
        return RandomToken.areEqual(hash.utf8, challenge.utf8)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
