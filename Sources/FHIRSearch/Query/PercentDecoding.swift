/// Percent decoding as URLs and forms use it (RFC 3986 §2.1, WHATWG URL §5).
extension StringProtocol {
    /// The text with `%XX` decoded; what is no valid escape stays, what is no UTF-8 becomes U+FFFD.
    package var percentDecoded: String { decoded(plusIsBlank: false) }

    /// As ``percentDecoded``, with `+` read as a blank.
    package var formDecoded: String { decoded(plusIsBlank: true) }

    private func decoded(plusIsBlank: Bool) -> String {
        let plus = UInt8(ascii: "+")
        guard utf8.contains(where: { $0 == UInt8(ascii: "%") || plusIsBlank && $0 == plus }) else {
            return String(self)
        }
        let source = Array(utf8)
        let bytes = [UInt8](unsafeUninitializedCapacity: source.count) { bytes, count in
            var position = 0
            while position < source.count {
                var byte = source[position]
                position += 1
                if byte == UInt8(ascii: "%"), position + 1 < source.count, let high = source[position].hexDigit,
                    let low = source[position + 1].hexDigit
                {
                    byte = high << 4 | low
                    position += 2
                } else if plusIsBlank, byte == plus {
                    byte = UInt8(ascii: " ")
                }
                // Every turn takes at least one byte of the source, so there is room.
                bytes.initializeElement(at: count, to: byte)
                count += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
