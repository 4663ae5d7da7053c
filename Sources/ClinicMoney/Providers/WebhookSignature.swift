import Crypto
import FHIRFormats
import FHIRStore
import Foundation

/// Proof that a delivery comes from who shares a secret with us: HMAC-SHA256 (RFC 2104), header `X-Martlet-Signature`.
///
///     t=1790000000,v1=<hex of HMAC(secret, "1790000000." + body)>   the time is signed, and must be recent
///     sha256=<hex of HMAC(secret, body)>                           without a time
///
/// Several `v1` may stand in one header while a secret is being exchanged.
struct WebhookSignature {
    let secret: String
    /// By how many seconds the signed time may differ from ours.
    let tolerance: Int64

    /// Throws `StoreError` (403) where nothing in the header fits the body.
    func check(_ header: String?, of body: [UInt8], now: Instant) throws {
        guard let header, header.utf8.count <= 4096 else { throw Self.refusal }
        var time: String?
        var codes: [[UInt8]] = []
        var plain: [[UInt8]] = []
        for part in header.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { continue }
            switch pair[0] {
            case "t": time = pair[1]
            case "v1": codes.append(Self.bytes(pair[1]))
            case "sha256": plain.append(Self.bytes(pair[1]))
            default: continue
            }
        }
        if let time {
            guard let seconds = Int64(time), abs(seconds - now.microsecondsSince1970 / 1_000_000) <= tolerance else {
                throw StoreError(
                    .forbidden, "the signature is of another time", expression: nil, details: "stale-signature")
            }
            guard codes.contains(where: { isValid($0, Array(time.utf8) + [UInt8(ascii: ".")] + body) }) else {
                throw Self.refusal
            }
        } else {
            guard plain.contains(where: { isValid($0, body) }) else { throw Self.refusal }
        }
    }

    /// Takes as long whatever the first difference is.
    private func isValid(_ code: [UInt8], _ message: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: message, using: SymmetricKey(data: Array(secret.utf8)))
    }

    /// Of hexadecimal digits; empty for what is none.
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0, digits.count <= 128 else { return [] }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    static var refusal: StoreError {
        StoreError(.forbidden, "the delivery is not signed by this provider", details: "bad-signature")
    }
}
