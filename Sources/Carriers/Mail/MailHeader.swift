import FoundationEssentials

/// Builds the header of a mail: fields in lines of at most 78 characters where they can be broken.
struct MailHeader {
    private(set) var bytes: [UInt8] = []

    /// A value that is known to be printable ASCII and short.
    mutating func field(_ name: String, _ value: String) { line("\(name): \(value)") }

    /// Addresses, each on a line of its own.
    mutating func field(_ name: String, _ addresses: [MailAddress]) {
        let texts = addresses.map { address in
            address.name.map { "\(Self.phrase($0))\($0.isEmpty ? "" : " ")<\(address.address)>" } ?? address.address
        }
        line("\(name): \(texts.joined(separator: ",\r\n "))")
    }

    /// Unstructured text (RFC 5322 §2.2.1); what is not plain ASCII becomes encoded words (RFC 2047).
    mutating func words(_ name: String, _ value: String) throws(CarrierError) {
        guard !value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw CarrierError(.invalid, "a header field has a line end or another control character")
        }
        guard value.utf8.count <= 4096 else { throw CarrierError(.invalid, "a header field is longer than 4 KiB") }
        let isPlain =
            value.utf8.allSatisfy { $0 < 0x80 } && !value.contains("=?") && name.utf8.count + value.utf8.count <= 76
        line(isPlain ? "\(name): \(value)" : "\(name):\(Self.encodedWords(value, column: name.utf8.count + 1))")
    }

    private mutating func line(_ text: String) {
        bytes += text.utf8
        bytes += [0x0D, 0x0A]
    }

    /// RFC 5322 §2.2: printable ASCII but the colon.
    static func isName(_ text: String) -> Bool {
        1...70 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") }
    }

    /// The name before an address: an atom, a quoted string, or encoded words.
    private static func phrase(_ name: String) -> String {
        if name.isEmpty { return "" }
        guard name.utf8.allSatisfy({ $0 < 0x80 }), !name.contains("=?"), name.utf8.count <= 60 else {
            return String(encodedWords(name, column: 6).drop { $0 == " " || $0 == "\r\n" })
        }
        if name.utf8.allSatisfy({ MailAddress.isAtomByte($0) || $0 == UInt8(ascii: " ") }) { return name }
        let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// Words of at most 75 characters, in lines of at most 76 (RFC 2047 §2), each with a space before it. None ends
    /// within a character.
    ///
    /// - Parameter column: characters of the line that are there already.
    private static func encodedWords(_ text: String, column: Int) -> String {
        var result = ""
        var part: [UInt8] = []
        var column = column
        // Of a line, a space and the marks "=?UTF-8?B?" and "?=" take 13; in the rest four characters are three bytes.
        // The first word shares the line of the name: some readers take a line end before it for a space.
        func limit() -> Int { (76 - 13 - column) / 4 * 3 }
        func close() {
            result += " =?UTF-8?B?\(Data(part).base64EncodedString())?="
            part = []
        }
        for character in text.unicodeScalars {
            let bytes = Array(String(character).utf8)
            if part.count + bytes.count > limit() {
                if !part.isEmpty { close() }
                result += "\r\n"
                column = 0
            }
            part += bytes
        }
        if !part.isEmpty { close() }
        return result
    }
}
