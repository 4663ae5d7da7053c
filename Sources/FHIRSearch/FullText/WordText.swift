/// Splits text into folded words: what full-text search compares.
///
/// Words are runs of letters and digits, folded as strings are (`TextFolding`). Everything else only separates.
/// Indexing and searching split alike, so that `covid-19` is the phrase of `covid` and `19` in both.
enum WordText {
    /// Longest word that is indexed, in bytes; longer runs are no words (encoded data, for one).
    static let maximumWordByteCount = 64

    /// The words of UTF-8 text, in order.
    static func words(_ text: UnsafeBufferPointer<UInt8>) -> [ArraySlice<UInt8>] {
        let folded = TextFolding.normalized(text, limit: .max)
        var separated = folded
        if folded.contains(where: { $0 >= 0x80 }) {
            separated.removeAll(keepingCapacity: true)
            for scalar in String(decoding: folded, as: UTF8.self).unicodeScalars {
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                    separated.append(contentsOf: Array(String(scalar).utf8))
                } else {
                    separated.append(0x20)
                }
            }
        }
        return separated.split { !isWordByte($0) }.filter { $0.count <= maximumWordByteCount }
    }

    static func words(_ text: Substring) -> [ArraySlice<UInt8>] {
        var text = String(text)
        return text.withUTF8 { words($0) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    /// The text of XHTML without its tags, with the entities of XML decoded; others only separate.
    static func withoutMarkup(_ html: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(html.count)
        var index = 0
        while index < html.count {
            switch html[index] {
            case UInt8(ascii: "<"):
                while index < html.count, html[index] != UInt8(ascii: ">") { index += 1 }
                text.append(0x20)
            case UInt8(ascii: "&"):
                let end = html[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")) ?? index
                text += entity(html[min(index + 1, end)..<end])
                index = end
            default:
                text.append(html[index])
            }
            index += 1
        }
        return text
    }

    private static func entity(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var digits = name.dropFirst()
        guard name.first == UInt8(ascii: "#") else { return [0x20] }
        var radix = 10
        if let first = digits.first, first | 0x20 == UInt8(ascii: "x") {
            radix = 16
            digits = digits.dropFirst()
        }
        guard let number = UInt32(String(decoding: digits, as: UTF8.self), radix: radix),
            let scalar = Unicode.Scalar(number)
        else { return [0x20] }
        return Array(String(scalar).utf8)
    }
}
