/// Percent encoding of what goes into links (RFC 3986 §2.1).
extension StringProtocol {
    /// The text as a query's name or value: everything but the unreserved characters and `:,|$*/` is escaped.
    package var queryEncoded: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 8)
        for byte in utf8 {
            if byte.isPlainInQuery {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(UInt8.hexCharacter(byte >> 4))
                bytes.append(UInt8.hexCharacter(byte & 15))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate static func hexCharacter(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    fileprivate var isPlainInQuery: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"),
            UInt8(ascii: ","), UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
