@_spi(_Unicode) import Swift

/// Folding of text for string searches and case-insensitive tokens (R4 search.html#string).
///
/// Strings: canonical decomposition, marks dropped, lower case, the letters that have no decomposition but an
/// accepted base form (ß ø ł đ æ œ þ ı) spelled out, white space collapsed to single blanks and trimmed.
/// Independent of any locale. Normalisation is the standard library's, hence the import above.
package enum TextFolding {
    /// Longest folded text that is indexed, in bytes: B-tree entries may not exceed 2,704.
    package static let maximumByteCount = 1024

    /// The search form of `bytes`, which are valid UTF-8; cut at `limit` bytes.
    package static func normalized(
        _ bytes: UnsafeBufferPointer<UInt8>, limit: Int = maximumByteCount
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(bytes.count, limit))
        var pendingBlank = false
        for byte in bytes {
            if byte >= 0x80 { return normalizedUnicode(String(decoding: bytes, as: UTF8.self), limit) }
            if byte <= 0x20 {
                pendingBlank = !output.isEmpty
                continue
            }
            if output.count + 1 >= limit { break }
            if pendingBlank { output.append(0x20) }
            pendingBlank = false
            output.append(lowercased(byte))
        }
        return output
    }

    package static func normalized(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { normalized($0) }
    }

    private static func normalizedUnicode(_ text: String, _ limit: Int) -> [UInt8] {
        var output: [UInt8] = []
        var pendingBlank = false
        for scalar in text._nfd {
            if scalar.properties.isWhitespace || scalar.value < 0x20 {
                pendingBlank = !output.isEmpty
                continue
            }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: continue
            default: break
            }
            let piece = Array(baseForm(scalar).utf8)
            if output.count + piece.count + 1 > limit { break }
            if pendingBlank { output.append(0x20) }
            pendingBlank = false
            output += piece
        }
        return output
    }

    private static func baseForm(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "ß", "ẞ": "ss"
        case "ø", "Ø": "o"
        case "ł", "Ł": "l"
        case "đ", "Đ", "ð", "Ð": "d"
        case "æ", "Æ": "ae"
        case "œ", "Œ": "oe"
        case "þ", "Þ": "th"
        case "ı": "i"
        default: scalar.properties.lowercaseMapping
        }
    }

    /// Appends `bytes` in lower case: what case-insensitive tokens are hashed from. Accents stay.
    static func appendLowercased(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        for byte in bytes where byte >= 0x80 {
            output.append(contentsOf: String(decoding: bytes, as: UTF8.self).lowercased().utf8)
            return
        }
        for byte in bytes { output.append(lowercased(byte)) }
    }

    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}
