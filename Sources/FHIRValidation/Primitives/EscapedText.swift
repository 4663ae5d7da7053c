import JSONTape

/// Strings with escape sequences, judged without decoding them: narratives hold many.
enum EscapedText {
    /// As `PrimitiveText.isString`, over the raw slice.
    static func isString(_ raw: UnsafeBufferPointer<UInt8>) -> Bool {
        var isBlank = true
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            guard byte == UInt8(ascii: "\\") else {
                if byte > 0x20 { isBlank = false }
                index += 1
                continue
            }
            switch raw[index + 1] {
            case UInt8(ascii: "b"), UInt8(ascii: "f"): return false
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): break
            case UInt8(ascii: "u"):
                let unit = codeUnit(raw, at: index)
                if unit < 0x20, unit != 0x09, unit != 0x0A, unit != 0x0D { return false }
                if unit > 0x20 { isBlank = false }
                index += 4
            default: isBlank = false
            }
            index += 2
        }
        return !isBlank
    }

    private static func codeUnit(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 2..<6 { value = value << 4 | UInt32(JSONEscape.hexadecimalValue(raw[index + offset]) ?? 0) }
        return value
    }
}
