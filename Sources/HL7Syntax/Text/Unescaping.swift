internal import Glibc

/// Escape sequences to plain text. HL7 v2.5.1 §2.7.
///
///     \F\ \S\ \T\ \R\ \E\ \P\    the separators and the truncation mark
///     \X0D0A\                    bytes in the message's character set
///     \.br\ \.sp+2\ \.ce\        line breaks      \.in+4\ \.ti+4\ \.sk+4\   blanks
///     \.fi\ \.nf\ \H\ \N\        dropped
///     \C2D4C\ \M2442\            from here on ISO 8859-5, JIS X 0208 (`AlternateSet`)
///     \Z..\, unknown, odd or unterminated ones stay as they are
enum Unescaping {
    static func string(_ raw: ArraySlice<UInt8>, delimiters: Delimiters, charset: Charset) -> String {
        guard let escape = delimiters.escape, needsWork(raw, escape: escape) else {
            return String(decoding: raw, as: UTF8.self)
        }
        let output = bytes(raw, escape, delimiters, charset, keepsHex: false)
        // Bytes that make no character in the message's set stay as they were written: nothing is replaced.
        if !output.isValidUTF8 {
            return String(decoding: bytes(raw, escape, delimiters, charset, keepsHex: true), as: UTF8.self)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Whether a sequence in `raw` has no meaning here and stays in the text.
    static func hasUnresolved(_ raw: ArraySlice<UInt8>, delimiters: Delimiters, charset: Charset) -> Bool {
        guard let escape = delimiters.escape, needsWork(raw, escape: escape) else { return false }
        var position = raw.startIndex
        while let start = raw[position...].firstIndex(of: escape),
            let end = raw[(start + 1)...].firstIndex(of: escape)
        {
            let body = raw[(start + 1)..<end]
            var sink: [UInt8] = []
            let isKnown =
                AlternateSet(body) != nil || append(body, to: &sink, delimiters: delimiters, charset: charset)
            guard isKnown else { return true }
            position = end + 1
        }
        return false
    }

    private static func bytes(
        _ raw: ArraySlice<UInt8>, _ escape: UInt8, _ delimiters: Delimiters, _ charset: Charset, keepsHex: Bool
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        var position = raw.startIndex
        while position < raw.endIndex {
            let byte = raw[position]
            if byte == escape, let end = raw[(position + 1)...].firstIndex(of: escape) {
                let body = raw[(position + 1)..<end]
                if let set = AlternateSet(body), let rest = set.append(raw[(end + 1)...], escape, charset, to: &output)
                {
                    position = rest
                    continue
                }
                let isHex = body.first == UInt8(ascii: "X")
                if !(isHex && keepsHex), append(body, to: &output, delimiters: delimiters, charset: charset) {
                    position = end + 1
                    continue
                }
                output.append(byte)
                position += 1
            } else if byte == 0x0D {
                // A line break that stands in the text itself: CR and CRLF mean the same as LF.
                output.append(0x0A)
                position += position + 1 < raw.endIndex && raw[position + 1] == 0x0A ? 2 : 1
            } else {
                output.append(byte)
                position += 1
            }
        }
        return output
    }

    private static func needsWork(_ raw: ArraySlice<UInt8>, escape: UInt8) -> Bool {
        raw.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, bytes.count > 0 else { return false }
            return memchr(base, Int32(escape), bytes.count) != nil || memchr(base, 0x0D, bytes.count) != nil
        }
    }

    /// Appends the meaning of a sequence's body; `false` when it has none and must stay as it is.
    private static func append(
        _ body: ArraySlice<UInt8>, to output: inout [UInt8], delimiters: Delimiters, charset: Charset
    ) -> Bool {
        guard let first = body.first else { return false }
        if body.count == 1 {
            switch first {
            case UInt8(ascii: "F"): output.append(delimiters.field)
            case UInt8(ascii: "S"): return append(delimiters.component, to: &output)
            case UInt8(ascii: "T"): return append(delimiters.subcomponent, to: &output)
            case UInt8(ascii: "R"): return append(delimiters.repetition, to: &output)
            case UInt8(ascii: "E"): return append(delimiters.escape, to: &output)
            case UInt8(ascii: "P"): return append(delimiters.truncation, to: &output)
            case UInt8(ascii: "H"), UInt8(ascii: "N"): break
            default: return false
            }
            return true
        }
        switch first {
        case UInt8(ascii: "X"):
            guard let bytes = hexadecimal(body.dropFirst()) else { return false }
            append(bytes, to: &output, charset: charset)
            return true
        case UInt8(ascii: "."):
            return appendFormat(body.dropFirst(), to: &output)
        default:
            return false
        }
    }

    /// In UTF-8 one character may be spread over several sequences, so the bytes go out as they are.
    private static func append(_ bytes: [UInt8], to output: inout [UInt8], charset: Charset) {
        switch charset {
        case .utf8: output += bytes
        case .ascii: output += bytes.isValidUTF8 ? bytes : Charset.windows1252.decode(bytes) ?? []
        // Nobody writes two or four bytes a character in hexadecimal; those who escape such text mean ASCII or UTF-8.
        case _ where charset.isWide: output += bytes
        default: output += charset.decode(bytes) ?? bytes
        }
    }

    private static func append(_ delimiter: UInt8?, to output: inout [UInt8]) -> Bool {
        guard let delimiter else { return false }
        output.append(delimiter)
        return true
    }

    /// Formatting commands of FT, `br` or `sp+2`; counts are bounded, because a sender chooses them.
    private static func appendFormat(_ command: ArraySlice<UInt8>, to output: inout [UInt8]) -> Bool {
        let name = String(decoding: command.prefix(2), as: UTF8.self).lowercased()
        let digits = command.dropFirst(2).filter { $0 != 0x2B && $0 != 0x20 }
        let number = Int(String(decoding: digits, as: UTF8.self))
        guard command.count >= 2, digits.isEmpty || number != nil else { return false }
        let count = min(max(number ?? 1, 0), 80)
        switch name {
        case "br", "ce": output.append(0x0A)
        case "sp": output += [UInt8](repeating: 0x0A, count: max(count, 1))
        case "in", "ti", "sk": output += [UInt8](repeating: 0x20, count: number == nil ? 0 : count)
        case "fi", "nf": break
        default: return false
        }
        return true
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2), !digits.isEmpty else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        return bytes
    }
}
