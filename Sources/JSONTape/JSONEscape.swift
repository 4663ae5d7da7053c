/// Escape sequences of JSON strings (RFC 8259 §7).
package enum JSONEscape {
    /// The value of a raw string slice that the parser has already checked.
    package static func decode(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                index += 1
                continue
            }
            switch raw[index + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                index = appendUnicode(raw, at: index, to: &result)
                continue
            case let same: result.append(same)
            }
            index += 2
        }
        return result
    }

    /// Appends the character of the `\uXXXX` (or pair) at `index`; returns the index behind it.
    private static func appendUnicode(
        _ raw: UnsafeBufferPointer<UInt8>, at index: Int, to result: inout [UInt8]
    ) -> Int {
        let first = codeUnit(raw, at: index)
        guard first & 0xF800 == 0xD800 else {
            if let scalar = Unicode.Scalar(first) { result.append(contentsOf: UTF8.encode(scalar)!) }
            return index + 6
        }
        let second = codeUnit(raw, at: index + 6)
        let value = 0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF))
        // The parser let only whole surrogate pairs through, so the scalar exists and has an encoding.
        if let scalar = Unicode.Scalar(value) { result.append(contentsOf: UTF8.encode(scalar)!) }
        return index + 12
    }

    private static func codeUnit(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 2..<6 { value = value << 4 | UInt32(hexadecimalValue(raw[index + offset]) ?? 0) }
        return value
    }

    @inlinable package static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Appends `value` to `output` with every character escaped that JSON requires.
    package static func append(_ value: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var start = 0
        for index in value.indices {
            let byte = value[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: value[start..<index]))
            appendEscape(byte, to: &output)
            start = index + 1
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: value[start...]))
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        default:
            let digits: StaticString = "0123456789abcdef"
            output.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            output.append(digits.utf8Start[Int(byte >> 4)])
            output.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}
