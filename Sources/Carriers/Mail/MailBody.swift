import FoundationEssentials

/// A text as the body of a mail: lines of at most 78 characters of ASCII (RFC 2045 §6).
struct MailBody {
    enum Encoding: String {
        case sevenBit = "7bit"
        case quotedPrintable = "quoted-printable"
        case base64
    }

    let encoding: Encoding
    let bytes: [UInt8]

    init(_ text: String) {
        let lines = Self.withLineEnds(Array(text.utf8))
        let foreign = lines.count { $0 >= 0x80 }
        if foreign * 3 > lines.count {
            // Each of them would be three characters in the other encoding.
            encoding = .base64
            let options: Data.Base64EncodingOptions = [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ]
            bytes = Array(Data(lines).base64EncodedString(options: options).utf8) + [0x0D, 0x0A]
        } else if foreign > 0 || !Self.isPlain(lines) {
            encoding = .quotedPrintable
            bytes = Self.quotedPrintable(lines)
        } else {
            encoding = .sevenBit
            bytes = lines
        }
    }

    /// Every line end as CR LF, one at the end too.
    private static func withLineEnds(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 32 + 2)
        var isAfterReturn = false
        for byte in bytes {
            switch byte {
            case 0x0D: result += [0x0D, 0x0A]
            case 0x0A: if !isAfterReturn { result += [0x0D, 0x0A] }
            default: result.append(byte)
            }
            isAfterReturn = byte == 0x0D
        }
        if !result.isEmpty, result.last != 0x0A { result += [0x0D, 0x0A] }
        return result
    }

    /// Whether the lines can go as they are: printable ASCII and tabs, not too long, and none that ends with a space,
    /// which some servers take away.
    private static func isPlain(_ lines: [UInt8]) -> Bool {
        var length = 0
        var last: UInt8 = 0
        for byte in lines {
            switch byte {
            case 0x0D: if last == 0x20 || last == 0x09 { return false }
            case 0x0A: length = 0
            case 0x09, 0x20...0x7E:
                length += 1
                if length > 78 { return false }
            default: return false
            }
            last = byte
        }
        return true
    }

    /// RFC 2045 §6.7.
    private static func quotedPrintable(_ lines: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        var column = 0
        for (index, byte) in lines.enumerated() {
            if byte == 0x0D || byte == 0x0A {
                result.append(byte)
                column = 0
                continue
            }
            let endsLine = index + 1 < lines.count && lines[index + 1] == 0x0D
            let isSpace = byte == 0x20 || byte == 0x09
            let isLiteral = (0x21...0x7E ~= byte && byte != UInt8(ascii: "=")) || (isSpace && !endsLine)
            let width = isLiteral ? 1 : 3
            // The last column is for the mark of a broken line.
            if column + width > 75 {
                result += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            result += isLiteral ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            column += width
        }
        return result
    }
}
