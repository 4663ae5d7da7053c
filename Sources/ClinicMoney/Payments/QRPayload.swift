import FHIRFormats

/// The text in a QR code: what is asked for, for which invoice, and a nonce by which it is found again.
///
///     MARTLET:1?invoice=000042&amount=12.50&currency=EUR&nonce=6f1c…&expires=2026-11-22T10:30:00.000Z
struct QRPayload: Sendable {
    let invoice: String
    let amount: Amount
    let nonce: String
    let expires: Instant

    var text: String {
        let items = [
            ("invoice", Self.escaped(invoice)), ("amount", amount.text), ("currency", amount.currency.code),
            ("nonce", nonce), ("expires", expires.text),
        ]
        return "MARTLET:1?" + items.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// Everything but unreserved characters as percent escapes (RFC 3986 §2.3).
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(Character(Unicode.Scalar(byte)))
            default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
