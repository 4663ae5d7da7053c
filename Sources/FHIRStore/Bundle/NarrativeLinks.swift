/// Links in XHTML: the values of `href` and `src` (R4 narrative.html, http.html#trules).
enum NarrativeLinks {
    /// The text with those links replaced for which `target` gives another address; nil if none is.
    static func replacing(in text: String, target: (String) -> String?) -> String? {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        var position = 0
        while let value = nextValue(in: bytes, from: &position) {
            let link = String(decoding: bytes[value], as: UTF8.self)
            guard let replacement = target(link.replacing("&amp;", with: "&")) else { continue }
            result += bytes[copied..<value.lowerBound]
            // `Type/id` and a fragment of the text itself: nothing that XML would read as markup.
            result += replacement.utf8
            copied = value.upperBound
        }
        if copied == 0 { return nil }
        result += bytes[copied...]
        return String(decoding: result, as: UTF8.self)
    }

    /// Where the next attribute's value stands between its quotes.
    private static func nextValue(in bytes: [UInt8], from position: inout Int) -> Range<Int>? {
        while position < bytes.count {
            guard let name = attribute(in: bytes, at: position) else {
                position += 1
                continue
            }
            position += name
            skipSpace(in: bytes, &position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { continue }
            position += 1
            skipSpace(in: bytes, &position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'"),
                let end = bytes[(position + 1)...].firstIndex(of: bytes[position])
            else { continue }
            defer { position = end + 1 }
            return position + 1..<end
        }
        return nil
    }

    /// Length of the attribute's name that begins here, behind white space.
    private static func attribute(in bytes: [UInt8], at position: Int) -> Int? {
        guard position > 0, isSpace(bytes[position - 1]) else { return nil }
        if bytes[position...].starts(with: "href".utf8) { return 4 }
        return bytes[position...].starts(with: "src".utf8) ? 3 : nil
    }

    private static func skipSpace(in bytes: [UInt8], _ position: inout Int) {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
