/// Matchers of primitive formats over bytes; the regular expressions of R4, by hand.
/// https://hl7.org/fhir/R4/datatypes.html#primitive
enum PrimitiveText {
    typealias Text = UnsafeBufferPointer<UInt8>

    /// `-?(0|[1-9][0-9]*)` from `minimum` to 2147483647. The JSON parser has refused leading zeros.
    static func isInteger(_ text: Text, from minimum: Int64) -> Bool {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.count - 1 : text.count
        guard digits > 0, digits <= 10 else { return false }
        var value: Int64 = 0
        for index in (isNegative ? 1 : 0)..<text.count {
            guard let digit = digit(text[index]) else { return false }
            value = value &* 10 &+ Int64(digit)
        }
        if isNegative { value = -value }
        return value >= minimum && value <= Int64(Int32.max)
    }

    /// At least one byte that is not white space, and no control character but tab, line feed and carriage return.
    static func isString(_ text: Text) -> Bool {
        var isBlank = true
        for byte in text {
            if byte > 0x20 {
                isBlank = false
            } else if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 {
                return false
            }
        }
        return !isBlank
    }

    /// Begins with `<div` and ends with `>`; white space around it is let pass.
    static func isXHTML(_ text: Text) -> Bool {
        let start: StaticString = "<div"
        guard let first = text.firstIndex(where: { $0 > 0x20 }), let last = text.lastIndex(where: { $0 > 0x20 }),
            last - first >= 5, text[last] == UInt8(ascii: ">")
        else { return false }
        for offset in 0..<4 where text[first + offset] != start.utf8Start[offset] { return false }
        let next = text[first + 4]
        return next <= 0x20 || next == UInt8(ascii: ">") || next == UInt8(ascii: "/")
    }

    /// `[^\s]+(\s[^\s]+)*`
    static func isCode(_ text: Text) -> Bool {
        var wasSpace = true
        for byte in text {
            let isSpace = isWhiteSpace(byte)
            if isSpace, wasSpace || byte != 0x20 { return false }
            if byte < 0x20 { return false }
            wasSpace = isSpace
        }
        return !wasSpace
    }

    /// `[A-Za-z0-9\-\.]{1,64}`
    static func isID(_ text: Text) -> Bool {
        guard !text.isEmpty, text.count <= 64 else { return false }
        for byte in text where !isIDByte(byte) { return false }
        return true
    }

    /// `\S*`, of one byte at least.
    static func isURI(_ text: Text) -> Bool {
        for byte in text where byte <= 0x20 { return false }
        return !text.isEmpty
    }

    /// `urn:oid:[0-2](\.(0|[1-9][0-9]*))+`
    static func isOID(_ text: Text) -> Bool {
        guard hasPrefix("urn:oid:", text), text.count > 8, text[8] >= UInt8(ascii: "0"), text[8] <= UInt8(ascii: "2")
        else { return false }
        var index = 9
        guard index < text.count else { return false }
        while index < text.count {
            guard text[index] == UInt8(ascii: ".") else { return false }
            let start = index + 1
            index = start
            while index < text.count, digit(text[index]) != nil { index += 1 }
            guard index > start, index == start + 1 || text[start] != UInt8(ascii: "0") else { return false }
        }
        return true
    }

    /// `urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
    static func isUUID(_ text: Text) -> Bool {
        guard text.count == 45, hasPrefix("urn:uuid:", text) else { return false }
        for offset in 0..<36 {
            let byte = text[9 + offset]
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == UInt8(ascii: "-") else { return false }
            } else {
                guard digit(byte) != nil || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")) else {
                    return false
                }
            }
        }
        return true
    }

    /// Groups of four with white space between characters, padded at the end only (RFC 4648 §4).
    static func isBase64(_ text: Text) -> Bool {
        var count = 0
        var padding = 0
        for byte in text {
            if isBase64Byte(byte) {
                guard padding == 0 else { return false }
                count &+= 1
            } else if byte == UInt8(ascii: "=") {
                padding &+= 1
            } else if !isWhiteSpace(byte) {
                return false
            }
        }
        return count > 0 && padding <= 2 && (count + padding) % 4 == 0
    }

    // MARK: - Bytes

    @inline(__always) static func digit(_ byte: UInt8) -> UInt8? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }

    /// What `\s` means.
    @inline(__always) static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || digit(byte) != nil
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func isBase64Byte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || digit(byte) != nil
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    }

    static func hasPrefix(_ prefix: StaticString, _ text: Text) -> Bool {
        guard text.count >= prefix.utf8CodeUnitCount else { return false }
        for offset in 0..<prefix.utf8CodeUnitCount where text[offset] != prefix.utf8Start[offset] { return false }
        return true
    }
}
