import JSONTape

/// Hexadecimal and base64 text, and the escapes of HTML and JSON.
enum TextEncoding {
    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func bytes(hex text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { JSONEscape.hexadecimalValue($0) }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func base64(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for position in 0..<3 { bits = bits << 8 | (position < group.count ? UInt32(group[start + position]) : 0) }
            for position in 0..<4 {
                let letter = alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)]
                text.append(position <= group.count ? letter : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(base64 text: String, _ alphabet: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        let letters = text.utf8.filter { $0 > 0x20 }
        let padding = letters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2, padding == 0 || letters.count % 4 == 0 else { return nil }
        for letter in letters.dropLast(padding) {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return bytes
    }

    static func escapedHTML(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// References that are none of the known stay as they are.
    static func unescapedHTML(_ text: String) -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        while let start = rest.firstIndex(of: "&") {
            result.unicodeScalars.append(contentsOf: rest[..<start])
            rest = rest[start...]
            if let end = rest.prefix(12).firstIndex(of: ";"),
                let scalar = scalar(String(rest[rest.index(after: start)..<end]))
            {
                result.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                result.unicodeScalars.append("&")
                rest = rest.dropFirst()
            }
        }
        result.unicodeScalars.append(contentsOf: rest)
        return result
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return "\u{A0}"
        case _ where name.hasPrefix("#x") || name.hasPrefix("#X"):
            return UInt32(name.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
        case _ where name.hasPrefix("#"): return UInt32(name.dropFirst()).flatMap { Unicode.Scalar($0) }
        default: return nil
        }
    }

    static func escapedJSON(_ text: String) -> String {
        var text = text
        var escaped: [UInt8] = []
        text.withUTF8 { JSONEscape.append($0, to: &escaped) }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// Nil for what could not stand in a JSON string; quotes may stand as they are.
    static func unescapedJSON(_ text: String) -> String? {
        var quoted = [UInt8(ascii: "\"")]
        var isEscaped = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\""), !isEscaped { quoted.append(UInt8(ascii: "\\")) }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        guard let document = try? Document.parse(quoted) else { return nil }
        return JSONNode(document).string
    }
}
