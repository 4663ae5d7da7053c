/// Escaping of XML text and attribute values (XML 1.0 §2.4, §3.3.3).
enum XMLEscape {
    /// Appends `value` as it stands between double quotes. Line ends and tabs become references, because a reader
    /// would turn them into blanks; characters that XML cannot hold become U+FFFD.
    static func appendAttribute(_ value: some Collection<UInt8>, to output: inout [UInt8]) {
        append(value, isAttribute: true, to: &output)
    }

    /// Appends `value` as it stands between tags.
    static func appendText(_ value: some Collection<UInt8>, to output: inout [UInt8]) {
        append(value, isAttribute: false, to: &output)
    }

    private static func append(_ value: some Collection<UInt8>, isAttribute: Bool, to output: inout [UInt8]) {
        for byte in value {
            switch byte {
            case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\"") where isAttribute: output.append(contentsOf: "&quot;".utf8)
            case 0x09 where isAttribute: output.append(contentsOf: "&#9;".utf8)
            case 0x0A where isAttribute: output.append(contentsOf: "&#10;".utf8)
            case 0x0D: output.append(contentsOf: "&#13;".utf8)
            case 0x09, 0x0A: output.append(byte)
            case 0..<0x20: output.append(contentsOf: replacement)
            // U+FFFE and U+FFFF end in EF BF BE and EF BF BF.
            case 0xBE, 0xBF:
                if output.count >= 2, output[output.count - 1] == 0xBF, output[output.count - 2] == 0xEF {
                    output.append(0xBD)
                } else {
                    output.append(byte)
                }
            default: output.append(byte)
            }
        }
    }

    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
}
