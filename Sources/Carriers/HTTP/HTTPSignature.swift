import Crypto

/// The signature by which a receiver knows that a body is ours and whole.
package enum HTTPSignature {
    /// `sha256=` and the HMAC-SHA256 (RFC 2104) of the body in lower-case hexadecimal digits.
    package static func value(of body: [UInt8], key: Secret) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: body, using: SymmetricKey(data: Array(key.value.utf8)))
        let digits = Array("0123456789abcdef".utf8)
        let text = code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
        return "sha256=" + String(decoding: text, as: UTF8.self)
    }
}
